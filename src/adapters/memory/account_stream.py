"""In-memory account stream."""

from collections.abc import AsyncIterator

from adapters.memory.store import Store
from application.ports.account_stream import AccountStream
from domain.user.user import User


class MemoryAccountStream(AccountStream):
    def __init__(self, store: Store) -> None:
        self._store = store

    async def pages(self, size: int) -> AsyncIterator[tuple[User, ...]]:
        # A unit puts new objects in the place of old ones, so these stay what they are.
        users = [user for user in self._store.users_below(None) if user.closed_at is None][::-1]
        for start in range(0, len(users), size):
            yield tuple(user.copy() for user in users[start : start + size])
