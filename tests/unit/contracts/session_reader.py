"""What every `SessionReader` does."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from application.actor import Account
from application.ports.database import Database
from application.ports.session_reader import SESSION_READER, LiveSession
from application.ports.session_repository import SESSIONS
from application.ports.user_repository import USERS
from application.session.views import SessionQuery, SessionRecord
from domain.session.events import EndReason
from domain.session.session import Recovery, Session, SessionMode
from domain.user.user import User
from tests.builders import NOW, a_session, a_user, an_id, closed
from tests.storage import a_unit
from tests.unit.contracts.database import store, store_session

MICROSECOND = timedelta(microseconds=1)


class SessionReaderContract:
    """Give it an open, empty `database` by a fixture."""

    async def test_gives_who_a_live_session_belongs_to(self, database: Database) -> None:
        user, session = await self._log_in(database, a_user(roles=("admin", "editor")))

        account = Account(user_id=user.id, session_id=session.id, roles=user.roles)
        assert await database.reader(SESSION_READER).find_live(session.id, NOW) == LiveSession(
            account, mode=SessionMode.TOKEN
        )

    async def test_gives_what_a_session_recovered_last(self, database: Database) -> None:
        _, session = await self._log_in(database, a_user())
        session.generation, session.recovery = 9, Recovery(parent=3, generation=7)
        async with a_unit(database) as unit:
            await unit.repository(SESSIONS).save(session)
            await unit.commit()

        live = await database.reader(SESSION_READER).find_live(session.id, NOW)

        assert live is not None
        assert live.recovery == Recovery(parent=3, generation=7)

    async def test_gives_none_for_no_session(self, database: Database) -> None:
        assert await database.reader(SESSION_READER).find_live(an_id(), NOW) is None
        assert (
            await database.reader(SESSION_READER).page(SessionQuery(user_id=an_id(), limit=9)) == ()
        )

    @pytest.mark.parametrize(("late", "is_live"), [(-MICROSECOND, True), (0 * MICROSECOND, False)])
    async def test_a_session_lives_until_it_expires(
        self, database: Database, late: timedelta, *, is_live: bool
    ) -> None:
        user, session = await self._log_in(database, a_user())
        now = session.expires_at + late

        assert (
            await database.reader(SESSION_READER).find_live(session.id, now) is not None
        ) == is_live
        assert len(await self._live(database, user, now)) == int(is_live)

    async def test_a_session_that_ended_is_not_live(self, database: Database) -> None:
        user, session = await self._log_in(database, a_user())
        session.end(EndReason.REVOKED, NOW)
        async with a_unit(database) as unit:
            await unit.repository(SESSIONS).save(session)
            await unit.commit()

        assert await database.reader(SESSION_READER).find_live(session.id, NOW) is None
        assert await self._live(database, user) == ()

    @pytest.mark.parametrize("is_closed", [True, False])
    async def test_nobody_who_is_gone_has_a_live_session(
        self, database: Database, *, is_closed: bool
    ) -> None:
        user, session = await self._log_in(database, a_user())
        user.is_active = False
        async with a_unit(database) as unit:
            await unit.repository(USERS).save(closed(user) if is_closed else user)
            await unit.commit()

        assert await database.reader(SESSION_READER).find_live(session.id, NOW) is None

    async def test_gives_the_roles_of_today(self, database: Database) -> None:
        user, session = await self._log_in(database, a_user(roles=("admin",)))
        user.roles = frozenset()
        async with a_unit(database) as unit:
            await unit.repository(USERS).save(user)
            await unit.commit()

        live = await database.reader(SESSION_READER).find_live(session.id, NOW)

        assert live is not None
        assert live.account.roles == frozenset()

    async def test_lists_the_newest_session_first(self, database: Database) -> None:
        user, first = await self._log_in(database, a_user())
        await self._log_in(database, a_user())
        second, third = a_session(user), a_session(user)
        await store_session(database, *third)
        await store_session(database, *second)

        listed = await self._live(database, user)

        assert listed == tuple(map(SessionRecord.of, (third[0], second[0], first)))

    async def test_gives_every_session_on_record_the_newest_first(self, database: Database) -> None:
        user, first = await self._log_in(database, a_user())
        await self._log_in(database, a_user())
        expired = a_session(user, opened=NOW - timedelta(days=99))
        newer, _ = await store_session(database, *a_session(user, opened=NOW + MICROSECOND))
        await store_session(database, *expired)
        newer.end(EndReason.REVOKED, NOW + 2 * MICROSECOND)
        async with a_unit(database) as unit:
            await unit.repository(SESSIONS).save(newer)
            await unit.commit()

        listed = await database.reader(SESSION_READER).page(SessionQuery(user_id=user.id, limit=9))

        assert listed == tuple(map(SessionRecord.of, (newer, expired[0], first)))
        assert listed[0].end_reason == "revoked"

    @pytest.mark.parametrize("live_at", [None, NOW])
    async def test_pages_hold_each_session_once_whatever_opens_meanwhile(
        self, database: Database, live_at: datetime | None
    ) -> None:
        user, first = await self._log_in(database, a_user())
        await self._log_in(database, a_user())
        others = [await store_session(database, *a_session(user)) for _ in range(4)]
        expected = [first.id, *(session.id for session, _ in others)][::-1]
        query = SessionQuery(user_id=user.id, limit=2, live_at=live_at)

        found: list[UUID] = []
        while page := await database.reader(SESSION_READER).page(query):
            assert len(page) <= 2
            assert not {*found} & {record.id for record in page}
            found += [record.id for record in page]
            query = replace(query, before=found[-1])
            await store_session(database, *a_session(user))

        assert found == expected

    @staticmethod
    async def _log_in(database: Database, user: User) -> tuple[User, Session]:
        await store(database, user)
        session, _ = await store_session(database, *a_session(user))
        return user, session

    @staticmethod
    async def _live(
        database: Database, user: User, now: datetime = NOW
    ) -> tuple[SessionRecord, ...]:
        query = SessionQuery(user_id=user.id, limit=9, live_at=now)
        return await database.reader(SESSION_READER).page(query)
