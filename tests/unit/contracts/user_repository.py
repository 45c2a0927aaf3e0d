"""What every `UserRepository` does."""

from dataclasses import asdict
from datetime import timedelta

import pytest

from application.errors import DuplicateKey
from application.ports.database import Database
from application.ports.user_reader import USER_READER
from application.ports.user_repository import USERS, Locked
from domain.user.bio import Bio
from domain.user.errors import UserAlreadyExists
from domain.user.name import PersonName
from domain.user.role import ADMIN
from domain.user.user import User
from domain.user.website import Website
from tests.builders import NOW, a_user, an_admin, an_email, an_id, closed
from tests.storage import a_unit
from tests.unit.contracts.account_locks import AccountLocksContract
from tests.unit.contracts.database import load, store, together


class UserRepositoryContract(AccountLocksContract):
    """Give it an open, empty `database` by a fixture."""

    async def test_gives_what_was_added(self, database: Database) -> None:
        user = a_user(name="Grace Hopper 🦋", roles=("admin", "editor"), is_active=False)
        user.bio = Bio("Line one\nline <em>two</em>")
        user.website = Website("https://example.com/?q=%s")
        await store(database, user)

        assert _fields(await load(database, user)) == _fields(user)

    async def test_gives_times_in_utc_to_the_microsecond(self, database: Database) -> None:
        user = a_user()
        await store(database, user)

        found = await load(database, user)

        assert found.created_at == NOW
        assert found.created_at.utcoffset() == timedelta(0)

    async def test_gives_none_for_nobody(self, database: Database) -> None:
        async with a_unit(database) as unit:
            assert await unit.repository(USERS).get(an_id()) is None

    async def test_keeps_what_was_added_and_not_what_became_of_it(self, database: Database) -> None:
        user = a_user(name="Before")
        async with a_unit(database) as unit:
            await unit.repository(USERS).add(user)
            user.name = PersonName("After")
            await unit.commit()

        assert (await load(database, user)).name == PersonName("Before")

    async def test_a_change_that_is_not_saved_is_none(self, database: Database) -> None:
        user = a_user(name="Before")
        await store(database, user)

        async with a_unit(database) as unit:
            found = await unit.repository(USERS).get(user.id)
            assert found is not None
            found.name = PersonName("After")
            await unit.commit()

        assert (await load(database, user)).name == PersonName("Before")

    async def test_saves_every_field_that_can_change(self, database: Database) -> None:
        user = a_user()
        await store(database, user)
        changed = user.copy()
        changed.email, changed.name, changed.bio = an_email(), None, Bio("Bio")
        changed.website = Website("https://example.com/")
        changed.password_hash = "other"
        changed.roles, changed.is_active = frozenset({ADMIN}), False
        changed.updated_at = NOW + timedelta(microseconds=1)

        await self._save(database, changed)

        assert _fields(await load(database, user)) == _fields(changed)

    async def test_refuses_an_address_that_is_taken(self, database: Database) -> None:
        await store(database, a_user(email="Ada@example.com"))

        with pytest.raises(UserAlreadyExists):
            await store(database, a_user(email="ada@EXAMPLE.com"))

    async def test_refuses_an_address_taken_in_the_same_unit(self, database: Database) -> None:
        with pytest.raises(UserAlreadyExists):
            await store(database, a_user(email="a@b.example"), a_user(email="a@b.example"))

    async def test_refuses_to_move_to_an_address_that_is_taken(self, database: Database) -> None:
        ada, bob = a_user(email="ada@example.com"), a_user(email="bob@example.com")
        await store(database, ada, bob)
        bob.email = ada.email

        with pytest.raises(UserAlreadyExists):
            await self._save(database, bob)

        assert (await load(database, bob)).email.key == "bob@example.com"

    async def test_an_address_that_was_left_is_free(self, database: Database) -> None:
        mover = a_user(email="old@example.com")
        await store(database, mover)
        mover.email = an_email("new@example.com")
        await self._save(database, mover)

        await store(database, a_user(email="old@example.com"))

        found = await database.reader(USER_READER).find_by_email("new@example.com")
        assert found is not None
        assert found.id == mover.id

    async def test_may_write_its_own_address_differently(self, database: Database) -> None:
        user = a_user(email="ada@example.com")
        await store(database, user)
        user.email = an_email("Ada@Example.com")

        await self._save(database, user)

        assert (await load(database, user)).email.written == "Ada@Example.com"

    async def test_refuses_an_id_that_is_taken(self, database: Database) -> None:
        user = a_user()
        await store(database, user)

        with pytest.raises(DuplicateKey):
            await store(database, a_user(id=user.id))

    async def test_never_gives_a_closed_account(self, database: Database) -> None:
        user = an_admin("ada@example.com")
        await store(database, user)
        await self._save(database, closed(user))

        async with a_unit(database) as unit:
            assert await unit.repository(USERS).get(user.id) is None
            assert await unit.repository(USERS).lock(user.id, with_active_admins=True) == Locked(
                user=None
            )

    async def test_the_address_of_a_closed_account_is_free(self, database: Database) -> None:
        user = a_user(email="ada@example.com")
        await store(database, user)
        await self._save(database, closed(user))

        await store(database, a_user(email="ada@example.com"))

    async def test_of_twenty_registrations_of_one_address_one_wins(
        self, database: Database
    ) -> None:
        users = [a_user(email="ada@example.com") for _ in range(20)]

        outcomes = await together(store(database, user) for user in users)

        assert outcomes.count(None) == 1
        assert sum(isinstance(outcome, UserAlreadyExists) for outcome in outcomes) == 19
        winner = await database.reader(USER_READER).find_by_email("ada@example.com")
        assert winner is not None
        assert winner.id == users[outcomes.index(None)].id

    @staticmethod
    async def _save(database: Database, user: User) -> None:
        async with a_unit(database) as unit:
            await unit.repository(USERS).save(user)
            await unit.commit()


def _fields(user: User) -> dict[str, object]:
    return {key: value for key, value in asdict(user).items() if key != "_events"}
