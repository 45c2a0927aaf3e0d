"""Attacks on log-ins of one process, and what only one process shows."""

from collections.abc import AsyncIterator

import pytest

from adapters.memory.rate_limiter import MemoryRateLimiter
from tests.unit.contracts.log_in_attacks import (
    LogInAttacksContract,
    Site,
    site_of,
)


class TestOneProcess(LogInAttacksContract):
    @pytest.fixture
    async def site(self) -> AsyncIterator[Site]:
        async with site_of(MemoryRateLimiter()) as site:
            yield site


class TestTwoProcesses(LogInAttacksContract):
    @pytest.fixture
    async def site(self) -> AsyncIterator[Site]:
        shared = MemoryRateLimiter()
        async with site_of(shared, shared) as site:
            yield site
