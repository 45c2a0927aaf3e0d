"""How sessions of a user end together, on every `SessionRepository`."""

from datetime import timedelta

import pytest

from application.ports.database import Database
from application.ports.session_reader import SESSION_READER
from application.ports.session_repository import SESSIONS
from application.ports.user_repository import USERS
from application.session.views import SessionQuery
from domain.session.events import MAX_NAMED, EndedSessions, EndReason
from domain.session.refresh_token import RefreshToken
from domain.session.session import Session
from domain.user.user import User
from tests.builders import LIFETIMES, NOW, a_session, a_user
from tests.storage import a_unit
from tests.unit.contracts.database import store, store_session, together

SECOND = timedelta(seconds=1)
NONE = EndedSessions()


async def open_session(database: Database) -> tuple[Session, RefreshToken]:
    user = a_user()
    await store(database, user)
    return await store_session(database, *a_session(user))


async def save(database: Database, session: Session) -> None:
    async with a_unit(database) as unit:
        await unit.repository(SESSIONS).save(session)
        await unit.commit()


async def get(database: Database, session: Session) -> Session:
    async with a_unit(database) as unit:
        found = await unit.repository(SESSIONS).get(session.id)
    assert found is not None
    return found


class EndingSessionsContract:
    """Give it an open, empty `database` by a fixture."""

    async def test_ends_all_sessions_of_a_user_that_run(self, database: Database) -> None:
        user, other = a_user(), a_user()
        await store(database, user, other)
        one, _ = await store_session(database, *a_session(user))
        two, _ = await store_session(database, *a_session(user))
        ended, _ = await store_session(database, *a_session(user))
        kept, _ = await store_session(database, *a_session(user))
        foreign, _ = await store_session(database, *a_session(other))
        ended.end(EndReason.LOGGED_OUT, NOW)
        await save(database, ended)

        async with a_unit(database) as unit:
            ended_now = await unit.repository(SESSIONS).end_all(
                user.id, EndReason.PASSWORD_CHANGED, NOW + SECOND, keep=kept.id
            )
            again = await unit.repository(SESSIONS).end_all(
                user.id, EndReason.PASSWORD_CHANGED, NOW + SECOND, keep=kept.id
            )
            await unit.commit()

        assert sorted(ended_now.ids) == sorted([one.id, two.id])
        assert again == NONE
        found = await get(database, one)
        assert (found.ended_at, found.end_reason) == (NOW + SECOND, EndReason.PASSWORD_CHANGED)
        assert (await get(database, ended)).end_reason == EndReason.LOGGED_OUT
        assert (await get(database, kept)).ended_at is None
        assert (await get(database, foreign)).ended_at is None

    async def test_ends_all_without_exception(self, database: Database) -> None:
        session, _ = await open_session(database)

        async with a_unit(database) as unit:
            ended_now = await unit.repository(SESSIONS).end_all(
                session.user_id, EndReason.CLOSED, NOW
            )
        assert ended_now == EndedSessions(1, (session.id,))

    async def test_ends_those_that_were_unused_for_longest(self, database: Database) -> None:
        user, other = a_user(), a_user()
        await store(database, user, other)
        for age, owner in ((9, user), (9, other)):
            await store_session(database, *_used(owner, age))
        ended, _ = pair = _used(user, 1)
        ended.end(EndReason.LOGGED_OUT, NOW)
        await store_session(database, *pair)
        await store_session(database, *a_session(user, opened=NOW - LIFETIMES.ttl))
        old, _ = await store_session(database, *_used(user, 8))
        older, _ = await store_session(database, *_used(user, 9))
        new, _ = await store_session(database, *_used(user, 7))

        async with a_unit(database) as unit:
            ended_now = await unit.repository(SESSIONS).end_surplus(
                user.id, 2, EndReason.SESSION_LIMIT, NOW
            )
            again = await unit.repository(SESSIONS).end_surplus(
                user.id, 2, EndReason.SESSION_LIMIT, NOW
            )
            await unit.commit()

        assert ended_now.count == len(ended_now.ids) == 2
        assert older.id in ended_now.ids
        assert again == NONE
        found = await get(database, older)
        assert (found.ended_at, found.end_reason) == (NOW, EndReason.SESSION_LIMIT)
        assert (await get(database, ended)).end_reason == EndReason.LOGGED_OUT
        for kept in (old, new):
            assert (await get(database, kept)).ended_at is None

    @pytest.mark.parametrize(("more", "are_named"), [(0, True), (1, False)])
    async def test_names_no_more_than_so_many(
        self, database: Database, more: int, *, are_named: bool
    ) -> None:
        user = a_user()
        await store(database, user)
        number = MAX_NAMED + more
        async with a_unit(database) as unit:
            for _ in range(number + 1):
                await unit.repository(SESSIONS).add(*a_session(user))
            await unit.commit()

        async with a_unit(database) as unit:
            surplus = await unit.repository(SESSIONS).end_surplus(
                user.id, 1, EndReason.SESSION_LIMIT, NOW
            )
            await unit.commit()
        query = SessionQuery(user_id=user.id, limit=9, live_at=NOW)
        assert len(await database.reader(SESSION_READER).page(query)) == 1
        async with a_unit(database) as unit:
            for _ in range(number - 1):
                await unit.repository(SESSIONS).add(*a_session(user))
            every = await unit.repository(SESSIONS).end_all(user.id, EndReason.LOGGED_OUT, NOW)
            await unit.commit()

        assert await database.reader(SESSION_READER).page(query) == ()
        for ended in (surplus, every):
            assert (ended.count, len(ended)) == (number, number)
            assert len({*ended.ids}) == (number if are_named else 0)

    async def test_keeps_the_surplus_of_nobody(self, database: Database) -> None:
        session, _ = await open_session(database)

        async with a_unit(database) as unit:
            user_id = session.user_id
            assert (
                await unit.repository(SESSIONS).end_surplus(
                    user_id, 1, EndReason.SESSION_LIMIT, NOW
                )
                == NONE
            )
            ended_now = await unit.repository(SESSIONS).end_surplus(
                user_id, 0, EndReason.SESSION_LIMIT, NOW
            )

        assert ended_now == EndedSessions(1, (session.id,))

    async def test_of_many_who_open_sessions_at_once_no_more_than_the_limit_stay(
        self, database: Database
    ) -> None:
        user = a_user()
        await store(database, user)

        async def log_in() -> None:
            async with a_unit(database) as unit:
                await unit.repository(USERS).get(user.id)
                await unit.repository(SESSIONS).end_surplus(
                    user.id, 4, EndReason.SESSION_LIMIT, NOW
                )
                await unit.repository(SESSIONS).add(*a_session(user))
                await unit.commit()

        assert await together(log_in() for _ in range(20)) == [None] * 20

        query = SessionQuery(user_id=user.id, limit=99, live_at=NOW)
        assert len(await database.reader(SESSION_READER).page(query)) == 5


def _used(user: User, seconds_ago: int) -> tuple[Session, RefreshToken]:
    session, token = a_session(user, opened=NOW - timedelta(minutes=1))
    session.last_used_at = NOW - seconds_ago * SECOND
    return session, token
