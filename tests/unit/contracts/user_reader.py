"""What every `UserReader` does."""

from uuid import UUID

import pytest

from application.ports.database import Database
from application.ports.user_reader import USER_READER
from application.user.views import UserQuery, UserView
from domain.user.bio import Bio
from domain.user.user import User
from domain.user.website import Website
from tests.builders import a_user, an_id, closed
from tests.unit.contracts.database import store


class UserReaderContract:
    """Give it an open, empty `database` by a fixture."""

    async def test_gives_an_account_by_id_and_by_address(self, database: Database) -> None:
        user = a_user(email="Ada@Example.com", roles=("editor", "admin"))
        user.bio, user.website = Bio("Bio"), Website("https://example.com/")
        await store(database, user)

        assert await database.reader(USER_READER).get(user.id) == UserView.of(user)
        assert await database.reader(USER_READER).find_by_email("ada@example.com") == UserView.of(
            user
        )

    async def test_gives_inactive_accounts_too(self, database: Database) -> None:
        user = a_user(is_active=False, name=None)
        await store(database, user)

        assert await database.reader(USER_READER).get(user.id) == UserView.of(user)

    async def test_gives_none_for_nobody(self, database: Database) -> None:
        assert await database.reader(USER_READER).get(an_id()) is None
        assert await database.reader(USER_READER).find_by_email("nobody@example.com") is None

    @pytest.mark.parametrize("key", ["", "a\0b@example.com", "\ud800@example.com", "ä@example.com"])
    async def test_what_no_address_can_be_is_nobody(self, database: Database, key: str) -> None:
        await store(database, a_user())

        assert await database.reader(USER_READER).find_by_email(key) is None

    async def test_never_gives_a_closed_account(self, database: Database) -> None:
        user = a_user(email="ada@example.com")
        tombstone = closed(user)
        await store(database, tombstone)

        assert await database.reader(USER_READER).get(user.id) is None
        assert await database.reader(USER_READER).find_by_email("ada@example.com") is None
        assert await database.reader(USER_READER).find_by_email(tombstone.email.key) is None
        assert await database.reader(USER_READER).page(UserQuery(limit=9)) == ()
        assert await database.reader(USER_READER).page(UserQuery(limit=9, is_active=False)) == ()
        assert await database.reader(USER_READER).page(UserQuery(limit=9, email_prefix="0")) == ()

    async def test_pages_give_the_newest_first(self, database: Database) -> None:
        users = await self._populate(database)

        page = await database.reader(USER_READER).page(UserQuery(limit=3))

        assert page == tuple(UserView.of(user) for user in users[:3])

    async def test_a_page_goes_on_below_an_id(self, database: Database) -> None:
        users = await self._populate(database)

        below = await self._ids(database, UserQuery(limit=3, before=users[2].id))
        last = await self._ids(database, UserQuery(limit=50, before=users[-1].id))

        assert below == [user.id for user in users[3:6]]
        assert last == []

    @pytest.mark.parametrize("is_active", [None, True, False])
    @pytest.mark.parametrize(
        "prefix", [None, "", "a", "ann", "ann@example.com", "zzz", "b_b", "b%"]
    )
    async def test_filters_are_all_satisfied(
        self, database: Database, prefix: str | None, *, is_active: bool | None
    ) -> None:
        users = await self._populate(database)
        wanted = [
            user.id
            for user in users
            if user.email.key.startswith(prefix or "") and is_active in {None, user.is_active}
        ]
        query = UserQuery(limit=50, email_prefix=prefix, is_active=is_active)

        assert await self._ids(database, query) == wanted

        below = UserQuery(limit=1, before=users[3].id, email_prefix=prefix, is_active=is_active)
        older = {user.id for user in users[4:]}
        assert await self._ids(database, below) == [key for key in wanted if key in older][:1]

    @pytest.mark.parametrize("prefix", ["\0", "a\0", "\ud800", "é", "\U0010ffff"])
    async def test_what_no_address_begins_with_matches_none(
        self, database: Database, prefix: str
    ) -> None:
        await store(database, a_user(email="a@example.com"))

        assert (
            await database.reader(USER_READER).page(UserQuery(limit=9, email_prefix=prefix)) == ()
        )

    @staticmethod
    async def _populate(database: Database) -> list[User]:
        """Store a dozen accounts, every third inactive; give them with the newest first."""
        names = ["ann", "anna", "annb", "a", "b_b", "bxb", "bob", "b%b", "{", "~", "ann.z", "c"]
        users = [
            a_user(email=f"{name}@example.com", is_active=index % 3 != 0)
            for index, name in enumerate(names)
        ]
        await store(database, *users[::2], *users[1::2])
        return users[::-1]

    @staticmethod
    async def _ids(database: Database, query: UserQuery) -> list[UUID]:
        return [view.id for view in await database.reader(USER_READER).page(query)]
