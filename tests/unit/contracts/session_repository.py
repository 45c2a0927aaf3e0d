"""What every `SessionRepository` does."""

from dataclasses import asdict
from datetime import timedelta

import pytest

from application.errors import DatabaseFailure, DuplicateKey
from application.ports.database import Database
from application.ports.session_repository import SESSIONS
from domain.session.events import EndReason
from domain.session.refresh_token import RefreshToken
from domain.session.session import Recovery, Session, SessionMode
from tests.builders import LIFETIMES, NOW, a_digest, a_secret, a_session, a_token, a_user, an_id
from tests.storage import a_unit
from tests.unit.contracts.database import store, store_session, together
from tests.unit.contracts.ending_sessions import EndingSessionsContract, get, open_session, save

SECOND = timedelta(seconds=1)


class SessionRepositoryContract(EndingSessionsContract):
    """Give it an open, empty `database` by a fixture."""

    async def test_gives_what_was_added(self, database: Database) -> None:
        session, token = await open_session(database)

        async with a_unit(database) as unit:
            found = await unit.repository(SESSIONS).get(session.id)
            by_token = await unit.repository(SESSIONS).find_by_token(token.digest)

        assert found is not None
        assert by_token is not None
        assert _fields(found) == _fields(by_token[0]) == _fields(session)
        assert by_token[1] == token

    async def test_a_session_may_have_no_known_client(self, database: Database) -> None:
        session, token = a_session(user := a_user())
        session.client_address = session.user_agent = session.network = session.mode = None
        await store(database, user)
        await store_session(database, session, token)

        assert _fields(await get(database, session)) == _fields(session)

    async def test_gives_none_for_what_is_not_there(self, database: Database) -> None:
        async with a_unit(database) as unit:
            assert await unit.repository(SESSIONS).get(an_id()) is None
            assert await unit.repository(SESSIONS).find_by_token(a_digest("unknown")) is None

    async def test_refuses_a_session_of_nobody(self, database: Database) -> None:
        with pytest.raises(DatabaseFailure):
            await store_session(database, *a_session(a_user()))

    async def test_refuses_a_token_of_no_session(self, database: Database) -> None:
        session, _ = a_session(a_user())

        with pytest.raises(DatabaseFailure):
            async with a_unit(database) as unit:
                await unit.repository(SESSIONS).add_token(a_token(session, generation=0))

    async def test_refuses_a_token_that_is_there(self, database: Database) -> None:
        _, token = await open_session(database)

        with pytest.raises(DuplicateKey):
            async with a_unit(database) as unit:
                await unit.repository(SESSIONS).add_token(token)

    async def test_saves_every_field_that_can_change(self, database: Database) -> None:
        session, _ = await open_session(database)
        session.last_used_at, session.expires_at = NOW + SECOND, NOW + 2 * SECOND
        session.generation, session.siblings = 7, 3
        session.client_address, session.user_agent = "2001:db8::1", None
        session.network, session.mode = "2001:db8::/48", SessionMode.COOKIE
        session.began_at, session.recovery = NOW + SECOND, Recovery(parent=5, generation=7)
        session.ended_at, session.end_reason = NOW + 3 * SECOND, EndReason.REUSED

        await save(database, session)

        assert _fields(await get(database, session)) == _fields(session)

    async def test_a_change_that_is_not_saved_is_none(self, database: Database) -> None:
        session, _ = await open_session(database)

        async with a_unit(database) as unit:
            found = await unit.repository(SESSIONS).get(session.id)
            assert found is not None
            found.generation = 9
            await unit.commit()

        assert (await get(database, session)).generation == 0

    async def test_forgets_the_clients_of_every_session_of_a_user(self, database: Database) -> None:
        (running, _), (foreign, _) = await open_session(database), await open_session(database)
        ended, _ = pair = a_session(a_user(id=running.user_id))
        ended.end(EndReason.LOGGED_OUT, NOW)
        await store_session(database, *pair)

        async with a_unit(database) as unit:
            await unit.repository(SESSIONS).forget_clients(running.user_id)
            await unit.commit()

        for blank in (running, ended):
            blank.client_address = blank.user_agent = blank.network = None
        for known in (running, ended, foreign):
            assert _fields(await get(database, known)) == _fields(known)

    async def test_of_thirty_rotations_with_one_token_all_succeed(self, database: Database) -> None:
        session, token = await open_session(database)

        outcomes = await together(self._rotate(database, token.digest) for _ in range(30))

        tokens = [outcome for outcome in outcomes if isinstance(outcome, RefreshToken)]
        assert len(tokens) == 30, outcomes
        assert {token.generation for token in tokens} == {1}
        found = await get(database, session)
        assert (found.generation, found.siblings) == (1, 30)
        assert None not in await self._find(database, *tokens)

    async def test_parallel_repeats_after_an_outage_are_of_one_generation(
        self, database: Database
    ) -> None:
        session, token = await open_session(database)
        await together(self._rotate(database, token.digest) for _ in range(2))

        after = LIFETIMES.grace + SECOND
        outcomes = await together(self._rotate(database, token.digest, after) for _ in range(8))

        tokens = [outcome for outcome in outcomes if isinstance(outcome, RefreshToken)]
        assert [token.generation for token in tokens] == [2] * 8, outcomes
        found = await get(database, session)
        assert (found.recovery, found.siblings) == (Recovery(parent=0, generation=2), 8)

    async def test_log_outs_and_rotations_at_once_end_the_session(self, database: Database) -> None:
        session, token = await open_session(database)

        async def log_out() -> None:
            async with a_unit(database) as unit:
                await unit.repository(SESSIONS).end_all(session.user_id, EndReason.LOGGED_OUT, NOW)
                await unit.commit()

        calls = [self._rotate(database, token.digest) for _ in range(10)]
        await together([*calls[:5], log_out(), *calls[5:]])

        assert (await get(database, session)).end_reason == EndReason.LOGGED_OUT

    @staticmethod
    async def _find(
        database: Database, *tokens: RefreshToken
    ) -> list[tuple[Session, RefreshToken] | None]:
        async with a_unit(database) as unit:
            return [await unit.repository(SESSIONS).find_by_token(token.digest) for token in tokens]

    @staticmethod
    async def _rotate(database: Database, digest: bytes, after: timedelta = SECOND) -> RefreshToken:
        async with a_unit(database) as unit:
            found = await unit.repository(SESSIONS).find_by_token(digest)
            assert found is not None
            session, presented = found
            token = session.rotate(presented, a_secret(), NOW + after, LIFETIMES)
            await unit.repository(SESSIONS).add_token(token)
            await unit.repository(SESSIONS).save(session)
            await unit.commit()
        return token


def _fields(session: Session) -> dict[str, object]:
    return {key: value for key, value in asdict(session).items() if key != "_events"}
