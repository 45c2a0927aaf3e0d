"""What every `SessionReader` does."""

from datetime import timedelta

import pytest

from application.actor import Account
from application.ports.database import Database
from application.session.views import SessionRecord, SessionView
from domain.session.events import EndReason
from domain.session.session import Session
from domain.user.user import User
from tests.builders import NOW, a_session, a_user, an_id, closed
from tests.unit.contracts.database import store, store_session

MICROSECOND = timedelta(microseconds=1)


class SessionReaderContract:
    """Give it an open, empty `database` by a fixture."""

    async def test_gives_who_a_live_session_belongs_to(self, database: Database) -> None:
        user, session = await self._log_in(database, a_user(roles=("admin", "editor")))

        assert await database.session_reader.find_live(session.id, NOW) == Account(
            user_id=user.id, session_id=session.id, roles=user.roles
        )

    async def test_gives_none_for_no_session(self, database: Database) -> None:
        assert await database.session_reader.find_live(an_id(), NOW) is None
        assert await database.session_reader.list_live(an_id(), NOW) == ()

    @pytest.mark.parametrize(("late", "is_live"), [(-MICROSECOND, True), (0 * MICROSECOND, False)])
    async def test_a_session_lives_until_it_expires(
        self, database: Database, late: timedelta, *, is_live: bool
    ) -> None:
        user, session = await self._log_in(database, a_user())
        now = session.expires_at + late

        assert (await database.session_reader.find_live(session.id, now) is not None) == is_live
        assert len(await database.session_reader.list_live(user.id, now)) == int(is_live)

    async def test_a_session_that_ended_is_not_live(self, database: Database) -> None:
        user, session = await self._log_in(database, a_user())
        session.end(EndReason.REVOKED, NOW)
        async with database.unit_of_work() as unit:
            await unit.sessions.save(session)
            await unit.commit()

        assert await database.session_reader.find_live(session.id, NOW) is None
        assert await database.session_reader.list_live(user.id, NOW) == ()

    @pytest.mark.parametrize("is_closed", [True, False])
    async def test_nobody_who_is_gone_has_a_live_session(
        self, database: Database, *, is_closed: bool
    ) -> None:
        user, session = await self._log_in(database, a_user())
        user.is_active = False
        async with database.unit_of_work() as unit:
            await unit.users.save(closed(user) if is_closed else user)
            await unit.commit()

        assert await database.session_reader.find_live(session.id, NOW) is None

    async def test_gives_the_roles_of_today(self, database: Database) -> None:
        user, session = await self._log_in(database, a_user(roles=("admin",)))
        user.roles = frozenset()
        async with database.unit_of_work() as unit:
            await unit.users.save(user)
            await unit.commit()

        account = await database.session_reader.find_live(session.id, NOW)

        assert account is not None
        assert account.roles == frozenset()

    async def test_lists_the_newest_session_first(self, database: Database) -> None:
        user, first = await self._log_in(database, a_user())
        await self._log_in(database, a_user())
        second, third = a_session(user), a_session(user)
        await store_session(database, *third)
        await store_session(database, *second)

        listed = await database.session_reader.list_live(user.id, NOW)

        assert listed == tuple(map(_view, (third[0], second[0], first)))

    async def test_gives_every_session_on_record_the_newest_first(self, database: Database) -> None:
        user, first = await self._log_in(database, a_user())
        await self._log_in(database, a_user())
        expired = a_session(user, opened=NOW - timedelta(days=99))
        newer, _ = await store_session(database, *a_session(user, opened=NOW + MICROSECOND))
        await store_session(database, *expired)
        newer.end(EndReason.REVOKED, NOW + 2 * MICROSECOND)
        async with database.unit_of_work() as unit:
            await unit.sessions.save(newer)
            await unit.commit()

        listed = await database.session_reader.list_all(user.id)

        assert listed == tuple(map(SessionRecord.of, (newer, expired[0], first)))
        assert listed[0].end_reason == "revoked"

    async def test_gives_no_session_of_nobody(self, database: Database) -> None:
        assert await database.session_reader.list_all(an_id()) == ()

    @staticmethod
    async def _log_in(database: Database, user: User) -> tuple[User, Session]:
        await store(database, user)
        session, _ = await store_session(database, *a_session(user))
        return user, session


def _view(session: Session) -> SessionView:
    return SessionView(
        id=session.id,
        created_at=session.created_at,
        last_used_at=session.last_used_at,
        expires_at=session.expires_at,
        client_address=session.client_address,
        user_agent=session.user_agent,
    )
