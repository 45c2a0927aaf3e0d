"""Several services on one Redis: none sees what the others keep."""

from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import uuid4

import pytest
import redis
from redis.cluster import RedisCluster

from adapters.redis import active_users, cache, rate_limiter
from adapters.redis.address import Address
from tests.unit.contracts.elapsing import MINUTE
from tests.unit.contracts.rate_limiter import rule
from tests.unit.settings import some_settings

pytestmark = pytest.mark.usefixtures("patient")

PREFIXES = ("armature", "armature-staging", "arm", "a.b_c")


class Service:
    """The adapters of one service, as its settings have them built."""

    def __init__(self, url: str, prefix: str) -> None:
        settings = replace(some_settings(), redis_prefix=prefix)
        self.prefix = prefix
        self.cache = cache.create(url, settings)
        self.limiter = rate_limiter.create(url, settings)
        self.users = active_users.create(url, settings)

    async def close(self) -> None:
        for each in (self.cache, self.limiter, self.users):
            await each.close()


@pytest.fixture(params=["redis_url", "cluster_url"])
def url(request: pytest.FixtureRequest) -> str:
    found: str = request.getfixturevalue(request.param)
    return found


@pytest.fixture
async def services(url: str) -> AsyncIterator[list[Service]]:
    _admin(url).flushdb()
    services = [Service(url, prefix) for prefix in PREFIXES]
    yield services
    for service in services:
        await service.close()


def _admin(url: str) -> "redis.Redis | RedisCluster":
    host, port = Address.parse(url).nodes[0]
    if "cluster" in url:
        return RedisCluster(host=host, port=port)
    return redis.Redis.from_url(url)


async def test_services_with_different_prefixes_do_not_see_each_other(
    services: list[Service],
) -> None:
    for service in services:
        kept = {f"many-{n}": service.prefix.encode() for n in range(3)}
        assert await service.cache.add("key", service.prefix.encode(), MINUTE)
        await service.cache.set_many(kept, MINUTE)
        assert await service.cache.increment("counter", MINUTE) == 1
        assert (await service.limiter.hit([rule(hits=1)])).is_allowed
        service.users.record(uuid4())
        assert await service.users.count() == 1

    for service in services:
        own = service.prefix.encode()
        assert await service.cache.get("key") == own
        assert set((await service.cache.get_many(["many-0", "many-2"])).values()) == {own}
        assert not (await service.limiter.hit([rule(hits=1)])).is_allowed
    await services[0].cache.delete("key")
    assert [await each.cache.get("key") is None for each in services] == [True, *[False] * 3]


async def test_every_key_is_below_the_prefix_of_its_service(
    services: list[Service], url: str
) -> None:
    one = services[1]
    await one.cache.set("key", b"", MINUTE)
    await one.cache.increment("counter", MINUTE)
    await one.limiter.hit([rule("a"), rule("b")])
    one.users.record(uuid4())
    await one.users.count()

    keys = {bytes(key).decode() for key in _admin(url).scan_iter()}

    assert keys == {
        "armature-staging:key",
        "armature-staging:counter",
        "armature-staging:{limits}:a",
        "armature-staging:{limits}:b",
        "armature-staging:active-users",
    }


async def test_the_names_of_keys_stay_what_they_were_before_there_was_a_prefix() -> None:
    """Old and new processes of a rolling upgrade share entries, marks and counts."""
    service = Service("redis://localhost", some_settings().redis_prefix)

    keys = service.cache._client.keys

    assert keys.cache("user:1:ann") == "armature:user:1:ann"
    assert keys.limit("api:192.0.2.1") == "armature:{limits}:api:192.0.2.1"
    assert keys.active_users == "armature:active-users"
    await service.close()
