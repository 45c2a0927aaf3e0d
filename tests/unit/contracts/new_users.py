"""What every `UserRepository` does when many accounts are added at once."""

import asyncio
from dataclasses import asdict

from application.audit.types import AuditType
from application.ports.audit_trail import AUDIT_TRAIL
from application.ports.database import Database
from application.ports.user_reader import USER_READER
from application.ports.user_repository import USERS, InsertResult
from domain.user.bio import Bio
from domain.user.user import User
from domain.user.website import Website
from tests.builders import NOW, a_user, an_entry, closed
from tests.storage import a_unit
from tests.unit.contracts.database import load, store, together


class NewUsersContract:
    """Give it an open, empty `database` by a fixture."""

    async def test_all_that_are_new_are_added_with_all_they_have(self, database: Database) -> None:
        full = a_user(name='Grace\t"Hopper"\\ 🦋, {a}', roles=("admin", "editor"), is_active=False)
        full.bio, full.website = Bio("one\ntwo\t\\N"), Website("https://example.com/?a,b")
        plain = a_user(name=None)

        assert await _add(database, full, plain) == (InsertResult.ADDED, InsertResult.ADDED)

        assert asdict(await load(database, full)) == asdict(full)
        assert asdict(await load(database, plain)) == asdict(plain)

    async def test_adding_none_is_nothing(self, database: Database) -> None:
        assert await _add(database) == ()

    async def test_whose_address_or_id_is_taken_is_not_added_and_the_others_are(
        self, database: Database
    ) -> None:
        there = a_user(email="Ada@example.com", name="Before")
        await store(database, there)
        same_address = a_user(email="ada@example.com")
        same_id = a_user(id=there.id)
        new = a_user()

        results = await _add(database, same_address, new, same_id)

        assert results == (InsertResult.TAKEN, InsertResult.ADDED, InsertResult.TAKEN)
        assert asdict(await load(database, there)) == asdict(there)
        assert await database.reader(USER_READER).find_by_email(same_id.email.key) is None

    async def test_who_was_imported_is_told_from_who_registered(self, database: Database) -> None:
        first, other = a_user(), a_user()
        await _add(database, first)
        await store(database, other)
        async with a_unit(database) as unit:
            await unit.repository(AUDIT_TRAIL).add((an_entry(other.id, type="user.registered"),))
            await unit.commit()

        again = [a_user(email=user.email.written) for user in (first, other)]

        assert await _add(database, *again) == (InsertResult.ALREADY_IMPORTED, InsertResult.TAKEN)

    async def test_the_address_of_a_closed_account_is_free(self, database: Database) -> None:
        gone = a_user()
        await store(database, closed(gone))

        assert await _add(database, a_user(email=gone.email.written)) == (InsertResult.ADDED,)

    async def test_a_unit_may_add_more_than_once_and_leaves_nothing_without_a_commit(
        self, database: Database
    ) -> None:
        one, two = a_user(), a_user()

        async with a_unit(database) as unit:
            assert await unit.repository(USERS).add_new([one]) == (InsertResult.ADDED,)
            assert await unit.repository(USERS).add_new([two]) == (InsertResult.ADDED,)
        assert await database.reader(USER_READER).get(one.id) is None

        assert await _add(database, one, two) == (InsertResult.ADDED, InsertResult.ADDED)

    async def test_of_two_imports_at_once_each_account_is_added_by_one(
        self, database: Database
    ) -> None:
        addresses = [f"person{number}@example.com" for number in range(200)]

        async def move_in(order: int) -> tuple[InsertResult, ...]:
            # Each in an order of its own, and with ids of its own.
            return await _add(database, *(a_user(email=each) for each in addresses[::order]))

        outcomes = await together(move_in(order) for order in (1, -1, 1, -1))

        results = [result for outcome in outcomes for result in outcome]  # type: ignore[attr-defined] # what is no tuple fails here
        assert results.count(InsertResult.ADDED) == 200
        assert results.count(InsertResult.ALREADY_IMPORTED) == 600

    async def test_one_that_is_cancelled_at_any_moment_is_all_or_nothing(
        self, database: Database
    ) -> None:
        for turns in range(0, 40, 3):
            users = [a_user() for _ in range(3)]
            task = asyncio.create_task(_add(database, *users))
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            await together([task])

            async with a_unit(database) as unit:
                found = [await unit.repository(USERS).get(user.id) for user in users]
            assert sum(user is not None for user in found) in {0, 3}


async def _add(database: Database, *users: User) -> tuple[InsertResult, ...]:
    """Add them as an import does, with an entry for each that is new."""
    async with a_unit(database) as unit:
        results = await unit.repository(USERS).add_new(users)
        added = [
            user
            for user, result in zip(users, results, strict=True)
            if result is InsertResult.ADDED
        ]
        entries = [an_entry(user.id, at=NOW, type=AuditType.USER_IMPORTED) for user in added]
        await unit.repository(AUDIT_TRAIL).add(entries)
        await unit.commit()
    return results
