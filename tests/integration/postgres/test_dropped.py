"""Connections that a NAT or a firewall dropped in silence: nothing that is sent is answered."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import pytest

from adapters.postgres import connections
from application.context import CallContext, call_context
from application.ports.database import Database
from application.ports.session_repository import SESSIONS
from application.ports.unit_of_work import UnitOfWork
from application.ports.user_reader import USER_READER
from application.ports.user_repository import USERS
from domain.user.user import User
from tests.builders import a_session, a_user
from tests.integration.postgres.opened import opened
from tests.services.proxy import Proxy
from tests.storage import a_unit, driver_of
from tests.unit.contracts.database import store, together

SIZE = 4
FIRST = 0.8
DEADLINE = 0.6
LATE = 2.0
"""Seconds by which an answer may miss its deadline on a busy machine."""


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in {"FIRST": FIRST, "CHECK": 0.4, "LAST_WORD": 0.3}.items():
        monkeypatch.setattr(connections, name, seconds)


@pytest.fixture
async def proxy(migrated_postgres_url: str) -> AsyncIterator[Proxy]:
    # pytest's own folders have paths that are too long for a Unix socket.
    with TemporaryDirectory() as folder:
        proxy = Proxy(migrated_postgres_url, Path(folder))
        async with proxy.listening():
            yield proxy


@asynccontextmanager
async def warm(proxy: Proxy) -> AsyncIterator[Database]:
    """Open a database whose pool is full."""
    async with opened(proxy.url, pool_min=SIZE, pool_max=SIZE) as database:
        await driver_of(database)._connections._pool.wait()  # type: ignore[attr-defined] # for all of it
        yield database


@contextmanager
def calling(seconds: float) -> Iterator[None]:
    """Have a deadline, which an answer within the block may not miss."""
    deadline = time.monotonic() + seconds
    token = call_context.set(CallContext(request_id="test", deadline=deadline))
    try:
        yield
    finally:
        call_context.reset(token)
    assert time.monotonic() - deadline < LATE


@pytest.mark.parametrize("is_idle", [True, False])
async def test_reads_are_answered_by_new_connections(
    proxy: Proxy, monkeypatch: pytest.MonkeyPatch, *, is_idle: bool
) -> None:
    user = a_user()
    async with warm(proxy) as database:
        await store(database, user)
        if is_idle:
            monkeypatch.setattr(connections, "IDLE", 0.0)
        proxy.forget()

        with calling(5.0):
            found = await together(
                database.reader(USER_READER).get(user.id) for _ in range(2 * SIZE)
            )

    assert {getattr(view, "id", view) for view in found} == {user.id}


@pytest.mark.parametrize("is_idle", [True, False])
async def test_units_begin_on_new_connections(
    proxy: Proxy, monkeypatch: pytest.MonkeyPatch, *, is_idle: bool
) -> None:
    async with warm(proxy) as database:
        if is_idle:
            monkeypatch.setattr(connections, "IDLE", 0.0)
        proxy.forget()

        with calling(5.0):
            outcomes = await together(store(database, a_user()) for _ in range(SIZE))

    assert outcomes == [None] * SIZE


async def test_a_connection_that_was_used_a_moment_ago_is_not_checked(proxy: Proxy) -> None:
    user = a_user()
    async with opened(proxy.url, pool_max=1) as database:
        await store(database, user)
        await database.reader(USER_READER).get(user.id)
        turns = proxy.turns

        await database.reader(USER_READER).get(user.id)

        assert proxy.turns == turns + 1


async def test_one_that_was_idle_is_checked_once(
    proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = a_user()
    async with opened(proxy.url, pool_max=1) as database:
        await store(database, user)
        await database.reader(USER_READER).get(user.id)
        monkeypatch.setattr(connections, "IDLE", 0.0)
        turns = proxy.turns

        await database.reader(USER_READER).get(user.id)

        assert proxy.turns == turns + 2


async def _read(database: Database, user: User, forget: Callable[[], None]) -> None:
    forget()
    await database.reader(USER_READER).get(user.id)


async def _enter(database: Database, user: User, forget: Callable[[], None]) -> None:
    forget()
    async with a_unit(database):
        pass


async def _write(database: Database, user: User, forget: Callable[[], None]) -> None:
    async with a_unit(database) as unit:
        forget()
        await unit.repository(USERS).get(user.id)


async def _pipeline(database: Database, user: User, forget: Callable[[], None]) -> None:
    async with a_unit(database) as unit:
        await unit.repository(SESSIONS).add(*a_session(user))
        forget()
        await unit.repository(USERS).get(user.id)


async def _copy(database: Database, user: User, forget: Callable[[], None]) -> None:
    async with a_unit(database) as unit:
        forget()
        await unit.repository(USERS).add_new([a_user() for _ in range(2000)])


async def _commit(database: Database, user: User, forget: Callable[[], None]) -> None:
    async with a_unit(database) as unit:
        await unit.repository(USERS).add(a_user())
        forget()
        await unit.commit()


async def _leave(database: Database, user: User, forget: Callable[[], None]) -> None:
    async with a_unit(database) as unit:
        await unit.repository(USERS).add(a_user())
        forget()


@pytest.mark.parametrize("call", [_read, _enter, _write, _pipeline, _copy, _commit, _leave])
async def test_no_answer_is_later_than_its_deadline_wherever_the_silence_begins(
    proxy: Proxy, call: Callable[..., Coroutine[None, None, None]]
) -> None:
    """A cancel request would pass, on a connection of its own, and end nothing that is there."""
    user = a_user()
    async with warm(proxy) as database:
        await store(database, user)

        with calling(DEADLINE):
            # As the HTTP layer does.
            task = asyncio.create_task(call(database, user, proxy.forget))
            await asyncio.wait({task}, timeout=DEADLINE)
            task.cancel()
            await asyncio.wait({task})

        await store(database, a_user())


async def _stop_between_statements(unit: UnitOfWork, forget: Callable[[], None]) -> None:
    forget()
    await unit.repository(USERS).get(uuid4())


async def _stop_within_a_pipeline(unit: UnitOfWork, _: Callable[[], None]) -> None:
    # The server has a statement, and waits for what ends the pipeline (PostgreSQL 17 and later).
    connection: Any = unit._connection  # type: ignore[attr-defined] # to stop it there
    connection.pgconn.enter_pipeline_mode()
    connection.pgconn.send_query_params(b"SELECT 1", None)
    connection.pgconn.send_flush_request()
    connection.pgconn.flush()
    await asyncio.sleep(60)


@pytest.mark.parametrize("stop", [_stop_between_statements, _stop_within_a_pipeline])
async def test_locks_of_a_dropped_unit_end_soon_after_the_deadline_of_its_caller(
    proxy: Proxy, stop: Callable[[UnitOfWork, Callable[[], None]], Awaitable[None]]
) -> None:
    user = a_user()
    async with warm(proxy) as database:

        async def add() -> None:
            async with a_unit(database) as unit:
                await unit.repository(USERS).add(user)
                await stop(unit, proxy.forget)

        def drop() -> None:
            proxy.forget()
            task.cancel()

        with calling(DEADLINE):
            task = asyncio.create_task(add())
            await asyncio.wait({task}, timeout=DEADLINE)
            drop()
            await asyncio.wait({task})

        with calling(4.0):
            await store(database, user)


async def test_the_server_is_told_of_a_statement_that_nobody_waits_for(proxy: Proxy) -> None:
    async with opened(proxy.url, pool_max=1) as database:
        locks = driver_of(database)._connections  # type: ignore[attr-defined] # to run a statement of ours
        async with locks.taken() as connection:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1):
                    await connection.execute("SELECT pg_sleep(60)")
        async with asyncio.timeout(5):
            while True:
                async with locks.taken() as connection:
                    cursor = await connection.execute(
                        "SELECT count(*) FROM pg_stat_activity"
                        " WHERE datname = current_database() AND query LIKE '%pg_sleep(60)'"
                        " AND state = 'active'"
                    )
                    if (await cursor.fetchone())[0] == 0:
                        break
