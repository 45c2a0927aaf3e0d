from collections.abc import AsyncIterator

import pytest

from tests.unit.entrypoints.http.browser.browsing import Browser, client_of
from tests.world import World, world


@pytest.fixture
async def here() -> AsyncIterator[World]:
    """A world in which Ann has an account."""
    async with world() as opened:
        await opened.register()
        yield opened


@pytest.fixture
async def browser(here: World) -> AsyncIterator[Browser]:
    async with client_of(here) as client:
        yield Browser(client)


@pytest.fixture
async def ann(browser: Browser) -> Browser:
    """A browser in which Ann is logged in."""
    await browser.enter()
    return browser
