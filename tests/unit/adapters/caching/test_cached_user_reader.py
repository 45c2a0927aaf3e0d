import asyncio
from asyncio import Event
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from adapters.caching.cached_user_reader import CachedUserReader
from adapters.memory.cache import MemoryCache
from adapters.msgspec.message_pack import MessagePack
from application.ports.user_reader import UserReader
from application.user.views import UserQuery, UserView
from domain.user.events import ProfileUpdated, UserImported, UserRegistered
from tests.unit.adapters.caching.asides import an_aside

NOW = datetime(2026, 1, 1, 1, 2, 3, 456789, tzinfo=UTC)
ANN = UserView(
    id=UUID(int=1),
    email="ann@example.com",
    name="Ann",
    bio=None,
    website=None,
    roles=("admin",),
    is_active=True,
    created_at=NOW,
    updated_at=NOW,
)


class Source(UserReader):
    def __init__(self) -> None:
        self.view: UserView | None = ANN
        self.asked = 0

    async def get(self, user_id: UUID) -> UserView | None:
        self.asked += 1
        return self.view

    async def find_by_email(self, key: str) -> UserView | None:
        return await self.get(ANN.id)

    async def page(self, query: UserQuery) -> tuple[UserView, ...]:
        return ()


def reader(source: UserReader) -> CachedUserReader:
    ten = timedelta(seconds=10)
    aside = an_aside(MemoryCache(), MessagePack(UserView), ttl=ten, settle=ten)
    return CachedUserReader(source, aside)


@pytest.fixture
def source() -> Source:
    return Source()


async def test_the_second_read_comes_from_the_cache_and_is_equal(source: Source) -> None:
    cached = reader(source)

    assert await cached.get(ANN.id) == await cached.get(ANN.id) == ANN
    assert source.asked == 1


async def test_nobody_is_not_kept(source: Source) -> None:
    cached = reader(source)
    source.view = None
    assert await cached.get(ANN.id) is None
    source.view = ANN

    assert await cached.get(ANN.id) == ANN


async def test_a_look_up_by_address_goes_to_the_database(source: Source) -> None:
    cached = reader(source)

    await cached.find_by_email("ann@example.com")
    await cached.find_by_email("ann@example.com")

    assert source.asked == 2


async def test_a_change_is_seen_at_once(source: Source) -> None:
    cached = reader(source)
    await cached.get(ANN.id)
    source.view = replace(ANN, name="Lee")

    await cached.handle(ProfileUpdated(user_id=ANN.id, occurred_at=NOW))

    assert await cached.get(ANN.id) == source.view


@pytest.mark.parametrize("event", [UserRegistered, UserImported])
async def test_who_is_new_is_not_marked_and_costs_the_cache_nothing(
    source: Source, event: type[UserRegistered | UserImported]
) -> None:
    cached = reader(source)
    await cached.handle(event(user_id=ANN.id, occurred_at=NOW))

    await cached.get(ANN.id)
    await cached.get(ANN.id)

    assert source.asked == 1


async def test_a_reader_from_before_a_change_brings_nothing_back_after_it() -> None:
    asked, answer = Event(), Event()

    class Slow(Source):
        async def get(self, user_id: UUID) -> UserView | None:
            found = await super().get(user_id)
            asked.set()
            await answer.wait()
            return found

    source = Slow()
    cached = reader(source)
    early = asyncio.create_task(cached.get(ANN.id))
    await asked.wait()
    source.view = replace(ANN, name="Lee")
    await cached.handle(ProfileUpdated(user_id=ANN.id, occurred_at=NOW))
    answer.set()
    await early

    assert await cached.get(ANN.id) == source.view


async def test_who_comes_after_a_registration_does_not_join_a_load_from_before_it() -> None:
    asked, answer = Event(), Event()

    class Slow(Source):
        async def get(self, user_id: UUID) -> UserView | None:
            found = await super().get(user_id)
            asked.set()
            await answer.wait()
            return found

    source = Slow()
    source.view = None
    cached = reader(source)
    early = asyncio.create_task(cached.get(ANN.id))
    await asked.wait()
    source.view = ANN
    await cached.handle(UserRegistered(user_id=ANN.id, occurred_at=NOW))
    late = asyncio.create_task(cached.get(ANN.id))
    answer.set()

    assert await late == ANN
    assert await early is None
