"""Attacks on log-ins of two processes that share a Redis."""

from collections.abc import AsyncIterator

import pytest

from adapters.redis.rate_limiter import create
from tests.unit.contracts.log_in_attacks import LogInAttacksContract, Site, site_of
from tests.unit.settings import some_settings


@pytest.mark.usefixtures("patient")
class TestTwoProcesses(LogInAttacksContract):
    @pytest.fixture
    async def site(self, redis_url: str) -> AsyncIterator[Site]:
        limiters = [create(redis_url, some_settings()) for _ in range(2)]
        async with limiters[0]._client.commands() as client:
            await client.flushdb()
        async with site_of(*limiters) as site:
            yield site
