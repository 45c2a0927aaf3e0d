import asyncio

from application.maintenance.expiry import Amounts
from application.ports.database import Database
from application.ports.session_repository import SESSIONS
from tests.builders import NOW, a_session, a_user
from tests.storage import a_unit
from tests.unit.contracts.database import LONG, store, store_session
from tests.unit.contracts.expired import TTL, ExpiredContract, remove


class TestPostgresExpired(ExpiredContract):
    pass


async def test_leaves_what_another_unit_has_in_hand_and_waits_for_nobody(
    database: Database,
) -> None:
    user = a_user()
    await store(database, user)
    held, _ = await store_session(database, *a_session(user))

    async with asyncio.timeout(LONG), a_unit(database) as unit:
        assert await unit.repository(SESSIONS).get(held.id) is not None

        assert await remove(database, NOW + TTL) == Amounts(refresh_tokens=1)

    assert await remove(database, NOW + TTL) == Amounts(sessions=1)
