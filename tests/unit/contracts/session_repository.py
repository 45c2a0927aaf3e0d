"""What every `SessionRepository` does."""

from dataclasses import asdict, replace
from datetime import timedelta

import pytest

from application.errors import DatabaseFailure, DuplicateKey
from application.ports.database import Database
from domain.session.events import EndReason
from domain.session.refresh_token import RefreshToken
from domain.session.session import Recovery, Session, SessionMode
from tests.builders import LIFETIMES, NOW, a_digest, a_secret, a_session, a_token, a_user, an_id
from tests.unit.contracts.database import store, store_session, together

SECOND = timedelta(seconds=1)


class SessionRepositoryContract:
    """Give it an open, empty `database` by a fixture."""

    async def test_gives_what_was_added(self, database: Database) -> None:
        session, token = await self._open(database)

        async with database.unit_of_work() as unit:
            found = await unit.sessions.get(session.id)
            by_token = await unit.sessions.find_by_token(token.digest)

        assert found is not None
        assert by_token is not None
        assert _fields(found) == _fields(by_token[0]) == _fields(session)
        assert by_token[1] == token

    async def test_a_session_may_have_no_known_client(self, database: Database) -> None:
        session, token = a_session(user := a_user())
        session.client_address = session.user_agent = session.network = session.mode = None
        await store(database, user)
        await store_session(database, session, token)

        assert _fields(await _get(database, session)) == _fields(session)

    async def test_gives_none_for_what_is_not_there(self, database: Database) -> None:
        async with database.unit_of_work() as unit:
            assert await unit.sessions.get(an_id()) is None
            assert await unit.sessions.find_by_token(a_digest("unknown")) is None

    async def test_refuses_a_session_of_nobody(self, database: Database) -> None:
        with pytest.raises(DatabaseFailure):
            await store_session(database, *a_session(a_user()))

    async def test_refuses_a_token_of_no_session(self, database: Database) -> None:
        session, _ = a_session(a_user())

        with pytest.raises(DatabaseFailure):
            async with database.unit_of_work() as unit:
                await unit.sessions.add_token(a_token(session, generation=0))

    async def test_refuses_a_token_that_is_there(self, database: Database) -> None:
        _, token = await self._open(database)

        with pytest.raises(DuplicateKey):
            async with database.unit_of_work() as unit:
                await unit.sessions.add_token(token)

    async def test_saves_every_field_that_can_change(self, database: Database) -> None:
        session, _ = await self._open(database)
        session.last_used_at, session.expires_at = NOW + SECOND, NOW + 2 * SECOND
        session.generation, session.siblings = 7, 3
        session.client_address, session.user_agent = "2001:db8::1", None
        session.network, session.mode = "2001:db8::/48", SessionMode.COOKIE
        session.began_at, session.recovery = NOW + SECOND, Recovery(parent=5, generation=7)
        session.ended_at, session.end_reason = NOW + 3 * SECOND, EndReason.REUSED

        await self._save(database, session)

        assert _fields(await _get(database, session)) == _fields(session)

    async def test_a_change_that_is_not_saved_is_none(self, database: Database) -> None:
        session, _ = await self._open(database)

        async with database.unit_of_work() as unit:
            found = await unit.sessions.get(session.id)
            assert found is not None
            found.generation = 9
            await unit.commit()

        assert (await _get(database, session)).generation == 0

    async def test_leaves_events_to_the_unit_of_work(self, database: Database) -> None:
        session, _ = await self._open(database)

        assert (await _get(database, session)).pull_events() == ()
        assert len(session.pull_events()) == 1

    async def test_a_token_is_superseded_when_the_next_generation_begins(
        self, database: Database
    ) -> None:
        session, first = await self._open(database)
        later = [
            a_token(session, generation=1, issued_at=NOW + 5 * SECOND),
            a_token(session, generation=1, issued_at=NOW + 3 * SECOND),
            a_token(session, generation=1, issued_at=NOW + 4 * SECOND),
            a_token(session, generation=2, issued_at=NOW + 9 * SECOND),
        ]
        async with database.unit_of_work() as unit:
            for token in later:
                await unit.sessions.add_token(token)
            in_the_unit = [await unit.sessions.find_by_token(t.digest) for t in (first, *later)]
            await unit.commit()

        assert _superseded(in_the_unit) == [3, 9, 9, 9, None]
        assert _superseded(await self._find(database, first, *later)) == [3, 9, 9, 9, None]

    async def test_other_sessions_supersede_nothing(self, database: Database) -> None:
        _, mine = await self._open(database)
        other, _ = await self._open(database)
        async with database.unit_of_work() as unit:
            await unit.sessions.add_token(a_token(other, generation=1))
            await unit.commit()

        assert _superseded(await self._find(database, mine)) == [None]

    async def test_when_a_token_was_superseded_is_never_taken_from_it(
        self, database: Database
    ) -> None:
        session, token = a_session(user := a_user())
        await store(database, user)
        await store_session(database, session, replace(token, superseded_at=NOW))

        assert _superseded(await self._find(database, token)) == [None]

    async def test_ends_all_sessions_of_a_user_that_run(self, database: Database) -> None:
        user, other = a_user(), a_user()
        await store(database, user, other)
        one, _ = await store_session(database, *a_session(user))
        two, _ = await store_session(database, *a_session(user))
        ended, _ = await store_session(database, *a_session(user))
        kept, _ = await store_session(database, *a_session(user))
        foreign, _ = await store_session(database, *a_session(other))
        ended.end(EndReason.LOGGED_OUT, NOW)
        await self._save(database, ended)

        async with database.unit_of_work() as unit:
            ids = await unit.sessions.end_all(
                user.id, EndReason.PASSWORD_CHANGED, NOW + SECOND, keep=kept.id
            )
            again = await unit.sessions.end_all(
                user.id, EndReason.PASSWORD_CHANGED, NOW + SECOND, keep=kept.id
            )
            await unit.commit()

        assert sorted(ids) == sorted([one.id, two.id])
        assert again == ()
        found = await _get(database, one)
        assert (found.ended_at, found.end_reason) == (NOW + SECOND, EndReason.PASSWORD_CHANGED)
        assert (await _get(database, ended)).end_reason == EndReason.LOGGED_OUT
        assert (await _get(database, kept)).ended_at is None
        assert (await _get(database, foreign)).ended_at is None

    async def test_ends_all_without_exception(self, database: Database) -> None:
        session, _ = await self._open(database)

        async with database.unit_of_work() as unit:
            ids = await unit.sessions.end_all(session.user_id, EndReason.CLOSED, NOW)
        assert ids == (session.id,)

    async def test_forgets_the_clients_of_every_session_of_a_user(self, database: Database) -> None:
        (running, _), (foreign, _) = await self._open(database), await self._open(database)
        ended, _ = pair = a_session(a_user(id=running.user_id))
        ended.end(EndReason.LOGGED_OUT, NOW)
        await store_session(database, *pair)

        async with database.unit_of_work() as unit:
            await unit.sessions.forget_clients(running.user_id)
            await unit.commit()

        for blank in (running, ended):
            blank.client_address = blank.user_agent = blank.network = None
        for known in (running, ended, foreign):
            assert _fields(await _get(database, known)) == _fields(known)

    async def test_of_thirty_rotations_with_one_token_all_succeed(self, database: Database) -> None:
        session, token = await self._open(database)

        outcomes = await together(self._rotate(database, token.digest) for _ in range(30))

        tokens = [outcome for outcome in outcomes if isinstance(outcome, RefreshToken)]
        assert len(tokens) == 30, outcomes
        assert {token.generation for token in tokens} == {1}
        found = await _get(database, session)
        assert (found.generation, found.siblings) == (1, 30)
        assert None not in await self._find(database, *tokens)

    async def test_log_outs_and_rotations_at_once_end_the_session(self, database: Database) -> None:
        session, token = await self._open(database)

        async def log_out() -> None:
            async with database.unit_of_work() as unit:
                await unit.sessions.end_all(session.user_id, EndReason.LOGGED_OUT, NOW)
                await unit.commit()

        calls = [self._rotate(database, token.digest) for _ in range(10)]
        await together([*calls[:5], log_out(), *calls[5:]])

        assert (await _get(database, session)).end_reason == EndReason.LOGGED_OUT

    @staticmethod
    async def _open(database: Database) -> tuple[Session, RefreshToken]:
        user = a_user()
        await store(database, user)
        return await store_session(database, *a_session(user))

    @staticmethod
    async def _save(database: Database, session: Session) -> None:
        async with database.unit_of_work() as unit:
            await unit.sessions.save(session)
            await unit.commit()

    @staticmethod
    async def _find(
        database: Database, *tokens: RefreshToken
    ) -> list[tuple[Session, RefreshToken] | None]:
        async with database.unit_of_work() as unit:
            return [await unit.sessions.find_by_token(token.digest) for token in tokens]

    @staticmethod
    async def _rotate(database: Database, digest: bytes) -> RefreshToken:
        async with database.unit_of_work() as unit:
            found = await unit.sessions.find_by_token(digest)
            assert found is not None
            session, presented = found
            token = session.rotate(presented, a_secret(), NOW + SECOND, LIFETIMES)
            await unit.sessions.add_token(token)
            await unit.sessions.save(session)
            await unit.commit()
        return token


def _fields(session: Session) -> dict[str, object]:
    return {key: value for key, value in asdict(session).items() if key != "_events"}


async def _get(database: Database, session: Session) -> Session:
    async with database.unit_of_work() as unit:
        found = await unit.sessions.get(session.id)
    assert found is not None
    return found


def _superseded(found: list[tuple[Session, RefreshToken] | None]) -> list[int | None]:
    """Seconds from NOW after which each token was superseded."""
    times = [pair[1].superseded_at for pair in found if pair is not None]
    return [None if time is None else int((time - NOW).total_seconds()) for time in times]
