"""How the container wires the cache of accounts."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from dependency_injector import providers

import containers
from adapters.caching.cached_user_reader import CachedUserReader
from adapters.memory.cache import MemoryCache
from adapters.memory.meter import MemoryMeter
from adapters.memory.null_cache import NullCache
from adapters.msgspec.message_pack import MessagePack
from adapters.resilience.fail_open_cache import FailOpenCache
from adapters.resilience.stacks import open_cache
from application.metrics import CACHE_HITS, CACHE_MISSES, FAILED_OPEN, QUERY_DURATION
from application.ports.cache import Cache
from application.session.authenticate import Authenticate
from application.user.change_password import ChangePassword
from application.user.export_data import ExportData
from application.user.get_profile import GetProfile
from application.user.get_user import GetUser
from application.user.register_user import RegisterUser
from application.user.update_profile import UpdateProfile
from application.user.views import UserView
from domain.events import DomainEvent
from tests.builders import NOW
from tests.world import OPERATOR, PASSWORD, SETTINGS, settings_with, world

SETTLE = timedelta(seconds=7)


class Recording(MemoryCache):
    """Remembers how long it was to keep things, and keeps them for good."""

    def __init__(self) -> None:
        super().__init__(monotonic=lambda: 0.0)
        self.kept: list[timedelta] = []

    async def set(self, key: str, value: bytes, ttl: timedelta) -> None:
        self.kept.append(ttl)
        await super().set(key, value, ttl)


@pytest.mark.parametrize(("is_shared", "seconds"), [(False, 1), (True, 30)])
async def test_only_what_other_processes_can_correct_is_kept_for_more_than_a_second(
    *, is_shared: bool, seconds: int
) -> None:
    cache = Recording()
    cache.is_shared = is_shared

    async with world(SETTINGS, cache=cache) as here:
        ann = (await here.register()).user
        await here.do.get_user(GetUser(actor=OPERATOR, user=ann.id))

    (kept,) = cache.kept
    # Less the time that the load took.
    assert timedelta(seconds=seconds - 1) < kept <= timedelta(seconds=seconds)


async def test_a_change_is_seen_at_once_and_settles_for_as_long_as_a_request_may_take() -> None:
    cache = Recording()

    async with world(settings_with(request_timeout=SETTLE), cache=cache) as here:
        ann = (await here.register()).user
        await here.do.get_user(GetUser(actor=OPERATOR, user=ann.id))
        cache.kept.clear()
        changed = await here.do.update_profile(
            UpdateProfile(actor=OPERATOR, user_id=ann.id, name="Ann")
        )

        assert await here.do.get_user(GetUser(actor=OPERATOR, user=ann.id)) == changed
    assert cache.kept == [SETTLE]


@pytest.mark.parametrize("url", ["memory://", "none://"])
async def test_a_herd_that_asks_for_one_account_makes_one_query(url: str) -> None:
    meter = MemoryMeter()

    async with world(settings_with(cache_url=url), meter=meter) as here:
        ann = (await here.register()).user
        queries = len(meter.values(QUERY_DURATION, "get", "users"))
        herd = [here.do.get_user(GetUser(actor=OPERATOR, user=ann.id)) for _ in range(50)]
        assert await asyncio.gather(*herd) == [ann] * 50

    assert len(meter.values(QUERY_DURATION, "get", "users")) == queries + 1
    assert meter.value(CACHE_HITS) + meter.value(CACHE_MISSES) == 50


class SharedCache(MemoryCache):
    """As if other processes could write to it."""

    is_shared = True


def test_a_shared_cache_has_a_breaker() -> None:
    assert isinstance(open_cache(SharedCache(), (), lambda *_: None), FailOpenCache)


@pytest.mark.parametrize("cache", [MemoryCache(), NullCache()])
def test_a_cache_of_this_process_needs_none(cache: Cache) -> None:
    assert open_cache(cache, (), lambda *_: None) is cache


class Lying(CachedUserReader):
    """A cached view that says something else than the database, however it came to that."""

    def __init__(self) -> None:
        """Nothing is behind it."""

    async def get(self, user_id: UUID) -> UserView | None:
        return UserView(
            id=user_id,
            email="not an address",
            name="x" * 1000,
            bio=None,
            website=None,
            roles=("admin", "root"),
            is_active=False,
            created_at=NOW,
            updated_at=NOW,
        )

    async def handle(self, event: DomainEvent) -> None:
        """Go on lying."""


async def test_a_cached_view_that_lies_decides_nothing_and_is_in_no_export() -> None:
    container = containers.build(SETTINGS)
    container.users.override(providers.Object(Lying()))
    async with containers.opened(container) as do:
        registered = await do.register_user(RegisterUser(email="a@example.com", password=PASSWORD))
        assert registered.tokens is not None
        token = Authenticate(access_token=registered.tokens.access_token)
        ann = await do.authenticate(token)

        profile = await do.get_profile(GetProfile(actor=ann))
        export = await do.export_data(ExportData(actor=ann, user_id=ann.user_id))
        change = ChangePassword(
            actor=ann, user_id=ann.user_id, old_password=PASSWORD, new_password="Another-Horse-2"
        )
        await do.change_password(change)

    assert profile.email == "not an address"
    assert (profile.roles, profile.is_active) == ((), True)
    assert export.user == registered.user


@pytest.mark.parametrize("planted", [b"\x91" * 100_000 + b"\xc0", b"\x81\xa1a" * 50_000, b"x"])
async def test_a_planted_entry_is_a_miss_that_is_counted(planted: bytes) -> None:
    meter, cache = MemoryMeter(), SharedCache()

    async with world(SETTINGS, meter=meter, cache=cache) as here:
        ann = (await here.register()).user
        key = f"user:{MessagePack(UserView).version}:{ann.id.hex}"
        for entry in (planted, MessagePack(UserView).encode(replace(ann, roles=("admin",)))):
            await cache.set(key, entry, SETTLE)
            assert await here.do.get_user(GetUser(actor=OPERATOR, user=ann.id)) == ann

    assert meter.value(FAILED_OPEN, "cache", "decode") == 2
