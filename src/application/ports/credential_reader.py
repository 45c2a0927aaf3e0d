"""Port: reads the credentials that a log-in is checked against."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from application.ports.unit_of_work import RepositoryKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """The stored half of a log-in; never cached."""

    user_id: UUID
    password_hash: str = field(repr=False)
    is_active: bool
    knows_network: bool = False
    """Whether a session of the account was used from the caller's network, ended ones included."""


class CredentialReader(Protocol):
    """Reads stored credentials of open accounts from the database itself."""

    async def by_email(self, key: str, network: str | None, since: datetime) -> Credentials | None:
        """Give those of the account whose address has this comparison key, in one query.

        `network` is the caller's (`network_of`), which the account knows when it has a session
        from there that was used after `since`. The query does the same work for no account.
        """
        ...

    async def by_id(self, user_id: UUID) -> Credentials | None:
        """Give those of the account with this id."""
        ...


CREDENTIALS = RepositoryKey[CredentialReader]("credential reader")
