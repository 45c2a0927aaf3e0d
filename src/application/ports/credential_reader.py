"""What a log-in is checked against."""

from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """The stored half of a log-in; never cached."""

    user_id: UUID
    password_hash: str = field(repr=False)
    is_active: bool


class CredentialReader(Protocol):
    """Reads stored credentials of open accounts from the database itself."""

    async def by_email(self, key: str) -> Credentials | None:
        """Give those of the account whose address has this comparison key."""
        ...

    async def by_id(self, user_id: UUID) -> Credentials | None:
        """Give those of the account with this id."""
        ...
