import asyncio
import time
from uuid import UUID

import pytest

from application.context import CallContext, call_context
from application.errors import (
    ConcurrentUpdate,
    DatabaseFailure,
)
from application.ports.database import Database
from application.ports.user_reader import USER_READER
from application.ports.user_repository import USERS
from domain.user.errors import UserAlreadyExists
from tests.builders import a_user
from tests.storage import a_unit
from tests.unit.contracts.database import store, together

PARAMETER = "SELECT setting FROM pg_settings WHERE name = %s"
"""In its own unit: for these three, milliseconds."""


async def test_a_deadlock_is_a_concurrent_update(database: Database) -> None:
    one, two = a_user(), a_user()
    await store(database, one, two)
    ready = asyncio.Barrier(2)

    async def lock(first: UUID, second: UUID) -> None:
        async with a_unit(database) as unit:
            await unit.repository(USERS).get(first)
            await ready.wait()
            await unit.repository(USERS).get(second)

    outcomes = await together([lock(one.id, two.id), lock(two.id, one.id)])

    assert [type(outcome) for outcome in outcomes if outcome] == [ConcurrentUpdate]


async def test_a_unit_that_failed_cannot_commit(database: Database) -> None:
    first, twin = a_user(email="a@example.com"), a_user(email="a@example.com")

    async with a_unit(database) as unit:
        await unit.repository(USERS).add(first)
        with pytest.raises(UserAlreadyExists):
            await unit.repository(USERS).add(twin)
        with pytest.raises(DatabaseFailure):
            await unit.commit()

    assert await database.reader(USER_READER).get(first.id) is None


async def test_nothing_in_a_unit_takes_longer_than_its_caller_waits(database: Database) -> None:
    token = call_context.set(CallContext(request_id="test", deadline=time.monotonic() + 3))
    async with a_unit(database) as unit:
        connection = unit._transaction._connection  # type: ignore[attr-defined]  # to ask its server
        names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
        limits = {
            name: int((await (await connection.execute(PARAMETER, [name])).fetchone())[0])
            for name in names
        }
    call_context.reset(token)

    assert limits.pop("lock_timeout") == 5000
    assert all(0 < limit <= 3000 for limit in limits.values())
