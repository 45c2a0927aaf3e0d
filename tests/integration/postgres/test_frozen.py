"""A server that takes everything and answers nothing, as one that was stopped by SIGSTOP."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from adapters.postgres import connections
from application.context import CallContext, call_context
from application.errors import DependencyUnavailable
from application.ports.session_repository import SESSIONS
from application.ports.user_reader import USER_READER
from application.ports.user_repository import USERS
from tests.builders import a_session, a_user
from tests.integration.postgres.opened import opened
from tests.services.proxy import Proxy
from tests.storage import a_unit
from tests.unit.contracts.database import store

DEADLINE = 0.2
SOON = 6.0
"""Seconds; the driver alone would wait 10."""


@pytest.fixture
async def proxy(
    migrated_postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Proxy]:
    monkeypatch.setattr(connections, "LAST_WORD", 0.2)
    # pytest's own folders have paths that are too long for a Unix socket.
    with TemporaryDirectory() as folder:
        proxy = Proxy(migrated_postgres_url, Path(folder))
        async with proxy.listening():
            yield proxy


@asynccontextmanager
async def ending_soon(proxy: Proxy) -> AsyncIterator[None]:
    """Mend the proxy after the block, and fail if that takes longer than SOON."""
    began = time.monotonic()
    try:
        async with asyncio.timeout(SOON):
            yield
    finally:
        proxy.mend()
    assert time.monotonic() - began < SOON


async def test_a_read_that_is_given_up_does_not_wait_for_the_server(proxy: Proxy) -> None:
    user = a_user()
    async with opened(proxy.url, pool_max=1) as database:
        await store(database, user)
        proxy.freeze()

        async with ending_soon(proxy):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(DEADLINE):
                    await database.reader(USER_READER).get(user.id)

        found = await database.reader(USER_READER).get(user.id)
        assert found is not None


async def test_nor_does_a_unit_of_work_that_is_left(proxy: Proxy) -> None:
    user = a_user()
    async with opened(proxy.url, pool_max=1) as database:
        async with ending_soon(proxy), a_unit(database) as unit:
            await unit.repository(USERS).add(user)
            proxy.freeze()

        assert await database.reader(USER_READER).get(user.id) is None


@pytest.mark.parametrize("holds_back", [False, True])
async def test_a_commit_is_waited_for_only_a_moment_longer_than_its_caller_waits(
    proxy: Proxy, *, holds_back: bool
) -> None:
    async with opened(proxy.url, pool_max=1) as database:
        deadline = time.monotonic() + DEADLINE
        token = call_context.set(CallContext(request_id="test", deadline=deadline))

        async with ending_soon(proxy), a_unit(database) as unit:
            await unit.repository(USERS).add(user := a_user())
            if holds_back:
                await unit.repository(SESSIONS).add(*a_session(user))
            proxy.freeze()
            with pytest.raises(DependencyUnavailable):
                await unit.commit()

        call_context.reset(token)
        await store(database, a_user())
