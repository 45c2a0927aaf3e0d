"""What every `IdempotencyRecords` does."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from application.errors import DatabaseFailure
from application.ports.database import Database
from application.ports.idempotency_records import IDEMPOTENCY_RECORDS, IdempotencyRecord
from application.ports.user_reader import USER_READER
from application.ports.user_repository import USERS
from domain.user.user import User
from tests.builders import NOW, a_digest, a_user
from tests.storage import a_unit
from tests.unit.contracts.database import LONG, store, together

A_DAY = timedelta(days=1)
KEY = a_digest("a key")


def a_record(user: User, *, expires_at: datetime = NOW + A_DAY) -> IdempotencyRecord:
    return IdempotencyRecord(
        digest=KEY, fingerprint=a_digest(str(user.id)), user_id=user.id, expires_at=expires_at
    )


async def claim(
    database: Database, record: IdempotencyRecord, now: datetime = NOW
) -> IdempotencyRecord | None:
    async with a_unit(database) as unit:
        earlier = await unit.repository(IDEMPOTENCY_RECORDS).claim(record, now)
        await unit.commit()
    return earlier


async def find(database: Database, now: datetime = NOW) -> IdempotencyRecord | None:
    async with a_unit(database) as unit:
        return await unit.repository(IDEMPOTENCY_RECORDS).find(KEY, now)


class IdempotencyRecordsContract:
    """Give it an open, empty `database` by a fixture."""

    async def test_gives_back_what_was_claimed(self, database: Database) -> None:
        user = a_user()
        await store(database, user)

        assert await find(database) is None
        assert await claim(database, a_record(user)) is None
        assert await find(database) == a_record(user)

    async def test_another_key_is_unknown(self, database: Database) -> None:
        user = a_user()
        await store(database, user)
        await claim(database, a_record(user))

        async with a_unit(database) as unit:
            assert await unit.repository(IDEMPOTENCY_RECORDS).find(a_digest("another"), NOW) is None
            other = replace(a_record(user), digest=a_digest("another"))
            assert await unit.repository(IDEMPOTENCY_RECORDS).claim(other, NOW) is None

    async def test_a_key_that_is_claimed_stays_with_its_first_request(
        self, database: Database
    ) -> None:
        first, second = a_user(), a_user()
        await store(database, first, second)
        await claim(database, a_record(first))

        assert await claim(database, a_record(second)) == a_record(first)
        assert await find(database) == a_record(first)

    async def test_the_same_record_can_not_be_claimed_twice(self, database: Database) -> None:
        user = a_user()
        await store(database, user)

        async with a_unit(database) as unit:
            assert await unit.repository(IDEMPOTENCY_RECORDS).claim(a_record(user), NOW) is None
            assert await unit.repository(IDEMPOTENCY_RECORDS).find(KEY, NOW) == a_record(user)
            assert await unit.repository(IDEMPOTENCY_RECORDS).claim(
                a_record(user), NOW
            ) == a_record(user)

    async def test_a_key_lives_until_the_moment_it_expires(self, database: Database) -> None:
        first, second = a_user(), a_user()
        await store(database, first, second)
        await claim(database, a_record(first))
        last, over = NOW + A_DAY - timedelta(microseconds=1), NOW + A_DAY

        assert await find(database, last) == a_record(first)
        assert await claim(database, a_record(second), last) == a_record(first)
        assert await find(database, over) is None

    async def test_an_expired_key_is_free_again(self, database: Database) -> None:
        first, second = a_user(), a_user()
        await store(database, first, second)
        await claim(database, a_record(first))
        over = NOW + A_DAY
        later = a_record(second, expires_at=over + A_DAY)

        assert await claim(database, later, over) is None
        assert await find(database, over) == later

    async def test_is_kept_with_its_effect_or_not_at_all(self, database: Database) -> None:
        user = a_user()

        async with a_unit(database) as unit:
            await unit.repository(IDEMPOTENCY_RECORDS).claim(a_record(user), NOW)
            await unit.repository(USERS).add(user)

        assert await find(database) is None
        assert await database.reader(USER_READER).get(user.id) is None

    async def test_is_claimed_before_its_user_is_stored(self, database: Database) -> None:
        user = a_user()

        async with a_unit(database) as unit:
            assert await unit.repository(IDEMPOTENCY_RECORDS).claim(a_record(user), NOW) is None
            await unit.repository(USERS).add(user)
            await unit.commit()

        assert await find(database) == a_record(user)

    async def test_of_a_user_who_is_not_there_nothing_is_kept(self, database: Database) -> None:
        with pytest.raises(DatabaseFailure):
            await claim(database, a_record(a_user()))

        assert await find(database) is None

    async def test_of_many_at_once_one_writes_and_all_others_are_given_that(
        self, database: Database
    ) -> None:
        users = [a_user() for _ in range(20)]

        async def register(user: User) -> IdempotencyRecord | None:
            async with a_unit(database) as unit:
                earlier = await unit.repository(IDEMPOTENCY_RECORDS).claim(a_record(user), NOW)
                if earlier is None:
                    await unit.repository(USERS).add(user)
                    await unit.commit()
                return earlier

        outcomes = await together(register(user) for user in users)

        winner = users[outcomes.index(None)]
        assert outcomes.count(None) == 1
        assert outcomes.count(a_record(winner)) == 19
        assert [await database.reader(USER_READER).get(user.id) for user in users].count(None) == 19

    async def test_of_many_who_take_an_expired_key_at_once_one_gets_it(
        self, database: Database
    ) -> None:
        users = [a_user() for _ in range(20)]
        await store(database, *users)
        await claim(database, a_record(users[0]))
        over = NOW + A_DAY

        outcomes = await together(
            claim(database, a_record(user, expires_at=over + A_DAY), over) for user in users
        )

        winner = users[outcomes.index(None)]
        assert outcomes.count(None) == 1
        assert outcomes.count(a_record(winner, expires_at=over + A_DAY)) == 19

    async def test_who_waits_for_a_unit_that_rolls_back_gets_the_key(
        self, database: Database
    ) -> None:
        first, second = a_user(), a_user()
        await store(database, first, second)

        async with asyncio.timeout(LONG):
            async with a_unit(database) as unit:
                await unit.repository(IDEMPOTENCY_RECORDS).claim(a_record(first), NOW)
                waiting = asyncio.create_task(claim(database, a_record(second)))
                done, _ = await asyncio.wait({waiting}, timeout=0.05)
                assert not done
            assert await waiting is None
        assert await find(database) == a_record(second)
