"""What every `ExpiredRecords`, and the `ExpiredReader` beside it, does."""

from dataclasses import replace
from datetime import datetime, timedelta

from application.maintenance.expiry import Amounts, Expiry
from application.ports.database import Database
from application.ports.expired_reader import EXPIRED_READER
from application.ports.expired_records import EXPIRED_RECORDS
from application.ports.idempotency_records import IDEMPOTENCY_RECORDS, IdempotencyRecord
from application.ports.session_repository import SESSIONS
from application.ports.user_repository import USERS
from domain.session.events import EndReason
from domain.session.session import Session
from domain.user.user import User
from tests.builders import LIFETIMES, NOW, a_digest, a_session, a_token, a_user, an_entry
from tests.storage import a_unit
from tests.unit.contracts.audit import add, read
from tests.unit.contracts.database import store, store_session, together

TTL, GRACE = LIFETIMES.ttl, LIFETIMES.grace
RETENTION = timedelta(days=400)
A_BIT = timedelta(microseconds=1)


def at(now: datetime) -> Expiry:
    return Expiry.at(now, GRACE, RETENTION)


async def remove(database: Database, now: datetime, at_most: int = 1000) -> Amounts:
    async with a_unit(database) as unit:
        removed = await unit.repository(EXPIRED_RECORDS).remove(at(now), at_most)
        await unit.commit()
    return removed


async def digests(database: Database, *candidates: bytes) -> list[bool]:
    async with a_unit(database) as unit:
        return [
            await unit.repository(SESSIONS).find_by_token(each) is not None for each in candidates
        ]


async def a_refreshed_session(database: Database, *, last_used: datetime) -> tuple[Session, bytes]:
    """Store one that was opened NOW and refreshed later; give it with its first token's digest."""
    user = a_user()
    await store(database, user)
    session, first = a_session(user)
    session.generation, session.expires_at = 1, last_used + TTL
    await store_session(
        database, session, first, a_token(session, generation=1, issued_at=last_used)
    )
    return session, first.digest


class ExpiredContract:
    """Give it an open, empty `database` by a fixture."""

    async def test_a_session_goes_with_its_tokens_when_it_expires(self, database: Database) -> None:
        user = a_user()
        await store(database, user)
        session, token = await store_session(database, *a_session(user))

        assert await remove(database, NOW + TTL - A_BIT) == Amounts()
        assert await remove(database, NOW + TTL) == Amounts(refresh_tokens=1, sessions=1)
        async with a_unit(database) as unit:
            assert await unit.repository(SESSIONS).get(session.id) is None
            assert await unit.repository(SESSIONS).find_by_token(token.digest) is None

    async def test_a_session_that_ended_says_so_until_its_tokens_are_over(
        self, database: Database
    ) -> None:
        session, first = await a_refreshed_session(database, last_used=NOW + TTL / 2)
        async with a_unit(database) as unit:
            await unit.repository(SESSIONS).end_all(
                session.user_id, EndReason.REVOKED, NOW + TTL / 2
            )
            await unit.commit()

        assert await remove(database, NOW + TTL) == Amounts()
        assert await digests(database, first) == [True]
        gone = Amounts(refresh_tokens=2, sessions=1)
        assert await remove(database, NOW + TTL * 3 / 2) == gone

    async def test_of_a_live_session_only_superseded_tokens_go_after_their_own_time(
        self, database: Database
    ) -> None:
        session, first = await a_refreshed_session(database, last_used=NOW + TTL - A_BIT)
        newest = a_token(session, generation=1, issued_at=NOW)
        async with a_unit(database) as unit:
            await unit.repository(SESSIONS).add_token(newest)
            await unit.commit()

        assert await remove(database, NOW + TTL + GRACE - A_BIT) == Amounts()
        assert await remove(database, NOW + TTL + GRACE) == Amounts(refresh_tokens=1)
        assert await digests(database, first, newest.digest) == [False, True]

    async def test_a_token_that_outlives_its_session_keeps_it(self, database: Database) -> None:
        user = a_user()
        await store(database, user)
        session, token = a_session(user, ttl=TTL / 2)
        await store_session(database, session, replace(token, expires_at=NOW + TTL))

        assert await remove(database, NOW + TTL / 2) == Amounts()
        assert await remove(database, NOW + TTL) == Amounts(refresh_tokens=1, sessions=1)

    async def test_records_go_when_they_expire_and_entries_when_they_are_old(
        self, database: Database
    ) -> None:
        user = a_user()
        await _store_record(database, user, expires_at=NOW)
        old, young = an_entry(at=NOW - RETENTION - A_BIT), an_entry(at=NOW - RETENTION)
        await add(database, old, young)

        assert await remove(database, NOW) == Amounts(idempotency_records=1, audit_entries=1)
        assert await read(database) == [young]
        async with a_unit(database) as unit:
            assert (
                await unit.repository(IDEMPOTENCY_RECORDS).find(a_digest("key"), NOW - A_BIT)
                is None
            )

    async def test_counts_what_it_would_remove(self, database: Database) -> None:
        session, _ = await a_refreshed_session(database, last_used=NOW + TTL / 2)
        await store_session(database, *a_session(a_user(id=session.user_id)))
        await add(database, *(an_entry(at=NOW - RETENTION) for _ in range(3)))

        for now in (NOW, NOW + TTL, NOW + TTL + GRACE, NOW + TTL * 2):
            counted = await database.reader(EXPIRED_READER).count(at(now))
            assert await remove(database, now) == counted

    async def test_removes_no_more_than_it_may_and_the_oldest_first(
        self, database: Database
    ) -> None:
        entries = [an_entry(at=NOW - RETENTION - n * A_BIT) for n in range(1, 6)]
        await add(database, *entries)

        assert (await remove(database, NOW, 2)).audit_entries == 2
        assert await read(database) == entries[:3]
        assert (await remove(database, NOW, 3)).audit_entries == 3
        assert await remove(database, NOW, 3) == Amounts()

    async def test_sessions_go_when_no_more_tokens_do(self, database: Database) -> None:
        user = a_user()
        await store(database, user)
        for _ in range(3):
            await store_session(database, *a_session(user))

        removed = [await remove(database, NOW + TTL, 2) for _ in range(3)]

        assert removed == [
            Amounts(refresh_tokens=2),
            Amounts(refresh_tokens=1, sessions=2),
            Amounts(sessions=1),
        ]

    async def test_a_rollback_removes_nothing(self, database: Database) -> None:
        entry = an_entry(at=NOW - 2 * RETENTION)
        await add(database, entry)

        async with a_unit(database) as unit:
            assert (await unit.repository(EXPIRED_RECORDS).remove(at(NOW), 10)).total == 1

        assert await read(database) == [entry]

    async def test_two_purges_beside_writers_remove_everything_once(
        self, database: Database
    ) -> None:
        user = a_user()
        await store(database, user)
        for _ in range(40):
            await store_session(database, *a_session(user, opened=NOW - 2 * TTL))
        await add(database, *(an_entry(at=NOW - 2 * RETENTION) for _ in range(60)))

        async def purge() -> Amounts:
            removed, idle = Amounts(), 0
            while idle < 3:
                one = await remove(database, NOW, 7)
                removed, idle = removed + one, 0 if one.total else idle + 1
            return removed

        async def write() -> None:
            session, token = await store_session(database, *a_session(user))
            await add(database, an_entry(user.id))
            async with a_unit(database) as unit:
                assert await unit.repository(SESSIONS).find_by_token(token.digest) is not None
                session.end(EndReason.REVOKED, NOW)
                await unit.repository(SESSIONS).save(session)
                await unit.commit()

        one, two, *written = await together([purge(), purge(), *(write() for _ in range(20))])

        assert written == [None] * 20
        assert isinstance(one, Amounts)
        assert isinstance(two, Amounts)
        assert one + two == Amounts(refresh_tokens=40, sessions=40, audit_entries=60)
        assert len(await read(database)) == 20


async def _store_record(database: Database, user: User, *, expires_at: datetime) -> None:
    record = IdempotencyRecord(
        digest=a_digest("key"),
        fingerprint=a_digest("request"),
        user_id=user.id,
        expires_at=expires_at,
    )
    async with a_unit(database) as unit:
        await unit.repository(USERS).add(user)
        await unit.repository(IDEMPOTENCY_RECORDS).claim(record, NOW - A_BIT)
        await unit.commit()
