from collections.abc import AsyncIterator

import pytest

from tests.world import World, world


@pytest.fixture
async def here() -> AsyncIterator[World]:
    async with world() as opened:
        yield opened
