"""Port: signs and verifies access tokens."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessClaims:
    """What an access token says: whose it is, of which session, and when it was and ends.

    `generation` is that of the refresh token it was issued with; None in a token from before
    access tokens had one.
    """

    user_id: UUID
    session_id: UUID
    token_id: UUID
    issued_at: datetime
    expires_at: datetime
    generation: int | None = None


class AccessTokens(Protocol):
    """Signs and verifies access tokens."""

    async def sign(self, claims: AccessClaims) -> str:
        """Give the token as ASCII text; times are kept to the second."""
        ...

    async def verify(self, token: str, now: datetime) -> AccessClaims:
        """Give the claims of a token that we signed.

        Raises TokenExpired for one of ours whose time is over, TokenInvalid for anything else
        that is not acceptable.
        """
        ...
