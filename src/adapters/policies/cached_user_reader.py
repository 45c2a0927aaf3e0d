"""Accounts, cached aside."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from application.ports.cache import Cache
from application.ports.user_reader import UserReader
from application.user.views import UserQuery, UserView
from domain.events import DomainEvent
from domain.user.events import UserEvent, UserImported, UserRegistered

_CHANGED = b""
"""Stands in the cache for an account that has just changed."""


@dataclass(frozen=True, slots=True)
class UserViewCodec:
    """How a view becomes bytes; `version` changes when the shape does."""

    version: str
    encode: Callable[[UserView], bytes]
    decode: Callable[[bytes], UserView | None]


class CachedUserReader(UserReader):
    """Keeps `get` for `ttl`; lists and look-ups by address go to the database.

    After a change a mark stands in place of the value for `settle`, longer than any read takes.
    Readers only ever add where nothing is, so one that read before the change cannot bring the
    old value back after it.
    """

    def __init__(
        self,
        inner: UserReader,
        cache: Cache,
        codec: UserViewCodec,
        *,
        ttl: timedelta,
        settle: timedelta,
    ) -> None:
        self._inner = inner
        self._cache = cache
        self._codec = codec
        self._ttl = ttl
        self._settle = settle

    async def get(self, user_id: UUID) -> UserView | None:
        kept = await self._cache.get(self._key(user_id))
        if kept and (view := self._codec.decode(kept)) is not None:
            return view
        found = await self._inner.get(user_id)
        if found is not None and kept is None:
            await self._cache.add(self._key(user_id), self._codec.encode(found), self._ttl)
        return found

    async def find_by_email(self, key: str) -> UserView | None:
        return await self._inner.find_by_email(key)

    async def page(self, query: UserQuery) -> tuple[UserView, ...]:
        return await self._inner.page(query)

    async def hear(self, event: DomainEvent) -> None:
        """Mark an account as changed, so that nobody reads or keeps what it was."""
        # Who is new is in no cache: an import of thousands asks it nothing.
        if isinstance(event, UserEvent) and not isinstance(event, UserRegistered | UserImported):
            await self._cache.set(self._key(event.user_id), _CHANGED, self._settle)

    def _key(self, user_id: UUID) -> str:
        return f"user:{self._codec.version}:{user_id.hex}"
