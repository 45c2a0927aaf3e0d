"""Accounts, cached aside."""

from functools import partial
from uuid import UUID

from adapters.policies.cache_aside import CacheAside
from application.ports.user_reader import UserReader
from application.user.views import UserQuery, UserView
from domain.events import DomainEvent
from domain.user.events import UserEvent, UserImported, UserRegistered


class CachedUserReader(UserReader):
    """Keeps `get`; lists and look-ups by address go to the database."""

    def __init__(self, inner: UserReader, aside: CacheAside[UserView]) -> None:
        self._inner = inner
        self._aside = aside

    async def get(self, user_id: UUID) -> UserView | None:
        return await self._aside.get_or_load(user_id.hex, partial(self._inner.get, user_id))

    async def find_by_email(self, key: str) -> UserView | None:
        return await self._inner.find_by_email(key)

    async def page(self, query: UserQuery) -> tuple[UserView, ...]:
        return await self._inner.page(query)

    async def hear(self, event: DomainEvent) -> None:
        """Mark an account as changed, so that nobody reads or keeps what it was."""
        # Who is new is in no cache: an import of thousands asks it nothing.
        if isinstance(event, UserRegistered | UserImported):
            self._aside.forget_loads(event.user_id.hex)
        elif isinstance(event, UserEvent):
            await self._aside.mark_changed(event.user_id.hex)
