from datetime import timedelta

import pytest

from adapters.caching.cache_aside import CacheAside
from adapters.caching.tombstone import is_tombstone
from adapters.memory.cache import MemoryCache
from adapters.msgspec.message_pack import MessagePack
from application.ports.cache import Cache
from tests.unit.adapters.caching.asides import an_aside
from tests.unit.adapters.caching.interleaving import Steps, all_orders

TTL, SETTLE = timedelta(seconds=30), timedelta(seconds=10)
OLD, NEW = "old", "new"
Aside = CacheAside[str]


def process(cache: Cache, now: list[float] | None = None) -> Aside:
    clock = now if now is not None else [0.0]
    return an_aside(cache, MessagePack(str), ttl=TTL, settle=SETTLE, monotonic=lambda: clock[0])


class Sharing(MemoryCache):
    """A cache whose calls wait for their turn."""

    def __init__(self, steps: Steps) -> None:
        super().__init__()
        self._steps = steps

    async def get(self, key: str) -> bytes | None:
        await self._steps.turn()
        return await super().get(key)

    async def set(self, key: str, value: bytes, ttl: timedelta) -> None:
        await self._steps.turn()
        await super().set(key, value, ttl)

    async def add(self, key: str, value: bytes, ttl: timedelta) -> bool:
        await self._steps.turn()
        if self._live(key):
            return False
        await super().set(key, value, ttl)
        return True


class Forgetful(Sharing):
    """A cache inside the process, which has no room for marks."""

    async def set(self, key: str, value: bytes, ttl: timedelta) -> None:
        await super().set(key, value, ttl)
        if is_tombstone(value):
            await self.delete(key)

    async def add(self, key: str, value: bytes, ttl: timedelta) -> bool:
        if self._live(key):
            return False
        await MemoryCache.set(self, key, value, ttl)
        return True


@pytest.mark.parametrize(
    ("kind", "early", "late"),
    [
        # In which process one reads who comes early, and one who comes late; 0 has the writer.
        *[(Sharing, early, late) for early in (0, 1) for late in (0, 1)],
        # What the cache loses, its own process alone can know of.
        (Forgetful, 0, 0),
    ],
)
def test_in_no_order_is_anybody_given_what_was_before_the_writers_answer(
    kind: type[Sharing], early: int, late: int
) -> None:
    async def scene(steps: Steps) -> None:
        cache = kind(steps)
        processes = [process(cache), process(cache)]
        row = [OLD]

        async def load() -> str:
            await steps.turn()
            found = row[0]
            await steps.turn()
            return found

        async def read(place: int) -> str | None:
            return await processes[place].get_or_load("ann", load)

        async def write_then_read() -> None:
            await steps.turn()
            row[0] = NEW
            await processes[0].mark_changed("ann")
            assert await read(late) == NEW

        await steps.run(read(early), write_then_read())
        assert await steps.run(read(late)) == [NEW]

    assert all_orders(scene, most=5_000) < 5_000
