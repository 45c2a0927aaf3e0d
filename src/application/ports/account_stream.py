"""Port: streams all accounts, for an export."""

from collections.abc import AsyncIterator
from typing import Protocol

from application.ports.unit_of_work import RepositoryKey
from domain.user.user import User


class AccountStream(Protocol):
    """Reads every open account, the password hash included; for an operator, never for a caller."""

    def pages(self, size: int) -> AsyncIterator[tuple[User, ...]]:
        """Give all accounts in the order of their ids, at most `size` at a time.

        They are those of one moment, at or after the first page was asked for: what others do
        meanwhile does not show. Holds one connection until it is exhausted or closed.
        """
        ...


ACCOUNT_STREAM = RepositoryKey[AccountStream]("account stream")
