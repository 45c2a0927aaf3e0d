"""How the container wires the cache of accounts."""

from datetime import timedelta

import pytest

from adapters.memory.cache import MemoryCache
from application.user.get_user import GetUser
from application.user.update_profile import UpdateProfile
from tests.world import OPERATOR, settings_with, world

SETTLE = timedelta(seconds=7)


class Recording(MemoryCache):
    """Remembers how long it was to keep things, and keeps them for good."""

    def __init__(self) -> None:
        super().__init__(monotonic=lambda: 0.0)
        self.kept: list[timedelta] = []

    async def set(self, key: str, value: bytes, ttl: timedelta) -> None:
        self.kept.append(ttl)
        await super().set(key, value, ttl)


@pytest.mark.parametrize(
    ("url", "seconds"), [("memory://", 1), ("redis://localhost", 30), ("unix:///redis.sock", 30)]
)
async def test_only_what_other_processes_can_correct_is_kept_for_more_than_a_second(
    url: str, seconds: int
) -> None:
    cache = Recording()

    async with world(settings_with(cache_url=url), cache=cache) as here:
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
