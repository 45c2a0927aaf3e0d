from datetime import timedelta
from uuid import uuid4

import pytest

from adapters.memory.active_users import MemoryActiveUsers
from tests.unit.contracts.active_users import ActiveUsersContract, Elapse


class Time:
    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def time() -> Time:
    return Time()


class TestMemoryActiveUsers(ActiveUsersContract):
    @pytest.fixture
    def users(self, time: Time) -> MemoryActiveUsers:
        return MemoryActiveUsers(time)

    @pytest.fixture
    def elapse(self, time: Time) -> Elapse:
        def elapse(for_: timedelta) -> None:
            time.seconds += for_.total_seconds()

        return elapse


async def test_its_memory_is_bounded() -> None:
    users = MemoryActiveUsers(most=3)

    for _ in range(10):
        users.record(uuid4())

    assert await users.count() == 3
