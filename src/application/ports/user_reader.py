"""Port: reads accounts."""

from typing import Protocol
from uuid import UUID

from application.ports.unit_of_work import RepositoryKey
from application.user.views import UserQuery, UserView


class UserReader(Protocol):
    """Reads what may be shown of accounts; never a password hash, never a closed account."""

    async def get(self, user_id: UUID) -> UserView | None:
        """Give the account with this id, None when there is none."""
        ...

    async def find_by_email(self, key: str) -> UserView | None:
        """Give the account whose address has this comparison key, None when there is none."""
        ...

    async def page(self, query: UserQuery) -> tuple[UserView, ...]:
        """Give at most `query.limit` accounts, the newest first (by id, descending)."""
        ...


USER_READER = RepositoryKey[UserReader]("user reader")
