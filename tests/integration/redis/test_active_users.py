from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import pytest
import redis

from adapters.redis.active_users import RedisActiveUsers, create
from application.errors import DependencyUnavailable
from tests.services.process import free_port
from tests.unit.contracts.active_users import ActiveUsersContract, Elapse
from tests.unit.settings import some_settings

KEY = some_settings().redis_prefix + ":active-users"

pytestmark = pytest.mark.usefixtures("patient")


@pytest.fixture
async def users(redis_url: str) -> AsyncIterator[RedisActiveUsers]:
    users = create(redis_url, some_settings())
    yield users
    await users.close()


class TestRedisActiveUsers(ActiveUsersContract):
    @pytest.fixture
    def elapse(self, redis_url: str) -> Elapse:
        """Nothing moves the server's clock, so what it has noted is moved into the past."""

        def elapse(for_: timedelta) -> None:
            with redis.Redis.from_url(redis_url) as client:
                for member, _ in client.zrange(KEY, 0, -1, withscores=True):
                    client.zincrby(KEY, -for_.total_seconds(), member)

        return elapse


async def test_processes_count_together(users: RedisActiveUsers, redis_url: str) -> None:
    other = create(redis_url, some_settings())
    ann, ben = uuid4(), uuid4()
    users.record(ann)
    other.record(ann)
    other.record(ben)

    assert await users.count() == 1
    assert await other.count() == 2
    assert await users.count() == 2
    await other.close()


async def test_what_is_noted_goes_when_nobody_comes(
    users: RedisActiveUsers, redis_url: str
) -> None:
    users.record(uuid4())
    await users.count()

    with redis.Redis.from_url(redis_url) as client:
        assert 0 < client.ttl(KEY) <= 900


async def test_nobody_is_forgotten_while_redis_is_away(redis_url: str) -> None:
    users = create(f"redis://127.0.0.1:{free_port()}", some_settings())
    users.record(uuid4())
    with pytest.raises(DependencyUnavailable):
        await users.count()
    back = create(redis_url, some_settings())
    back._seen = users._seen

    assert await back.count() == 1
    await users.close()
    await back.close()
