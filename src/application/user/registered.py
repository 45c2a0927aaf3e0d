"""Result of a registration."""

from dataclasses import dataclass, field

from application.session.session_opener import TokenPair
from application.user.views import UserView


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """`device_token` comes with tokens.

    `is_replay` when an equal command with the same key made the account before.
    """

    user: UserView
    tokens: TokenPair | None
    device_token: str | None = field(default=None, repr=False)
    is_replay: bool = False
