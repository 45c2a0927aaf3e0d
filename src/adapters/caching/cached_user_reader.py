"""Cache-aside reader of accounts."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from uuid import UUID

from adapters.caching.authenticated_entries import AuthenticatedEntries, Codec, PlainEntries
from adapters.caching.cache_aside import CacheAside
from application.ports.cache import Cache
from application.ports.database import Database
from application.ports.user_reader import USER_READER, UserReader
from application.settings import Settings
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

    async def handle(self, event: DomainEvent) -> None:
        """Mark an account as changed, so that nobody reads or keeps what it was."""
        # Who is new is in no cache: an import of thousands asks it nothing.
        if isinstance(event, UserRegistered | UserImported):
            self._aside.forget_loads(event.user_id.hex)
        elif isinstance(event, UserEvent):
            await self._aside.mark_changed(event.user_id.hex)


def build_cached_user_reader(
    database: Database,
    cache: Cache,
    codec: Codec[UserView],
    settings: Settings,
    *,
    mac_key: bytes,
    on_invalid: Callable[[str, str], None],
) -> CachedUserReader:
    # Other processes cannot reach into a cache of this one's own, so it keeps things briefly.
    ttl = timedelta(seconds=30 if cache.is_shared else 1)
    aside = CacheAside(
        cache,
        AuthenticatedEntries(codec, mac_key) if cache.is_shared else PlainEntries(codec),
        "user",
        on_invalid=partial(on_invalid, cache.name, "decode"),
        ttl=ttl,
        settle=settings.request_timeout,
    )
    return CachedUserReader(database.reader(USER_READER), aside)
