"""What every `AccountStream` does."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import asdict
from typing import cast

from application.ports.account_stream import ACCOUNT_STREAM
from application.ports.database import Database
from application.ports.user_repository import USERS
from domain.user.bio import Bio
from domain.user.name import PersonName
from domain.user.user import User
from domain.user.website import Website
from tests.builders import a_user, closed
from tests.storage import a_unit
from tests.unit.contracts.database import load, store

Pages = AsyncGenerator[tuple[User, ...]]


class AccountStreamContract:
    """Give it an open, empty `database` by a fixture."""

    async def test_gives_all_accounts_whole_in_the_order_of_their_ids(
        self, database: Database
    ) -> None:
        users = [a_user() for _ in range(7)]
        users[2].bio, users[2].website = Bio("Bio"), Website("https://example.com/")
        users[3].is_active = False
        await store(database, *reversed(users))

        pages = [page async for page in _pages(database, 3)]

        assert [len(page) for page in pages] == [3, 3, 1]
        assert [asdict(user) for page in pages for user in page] == [*map(asdict, users)]

    async def test_gives_nothing_of_nobody(self, database: Database) -> None:
        gone = a_user()
        assert [page async for page in _pages(database, 3)] == []

        await store(database, closed(gone))

        assert [page async for page in _pages(database, 3)] == []

    async def test_what_others_do_meanwhile_does_not_show(self, database: Database) -> None:
        first, changed, gone = (a_user(name="Before") for _ in range(3))
        await store(database, first, changed, gone)
        before = [asdict(user) for user in (changed, gone)]

        async with aclosing(_pages(database, 1)) as pages:
            assert [user.id for user in await anext(pages)] == [first.id]
            async with a_unit(database) as unit:
                await unit.repository(USERS).add(a_user())
                user = await unit.repository(USERS).get(changed.id)
                assert user is not None
                user.name = PersonName("After")
                await unit.repository(USERS).save(user)
                await unit.repository(USERS).save(closed(gone))
                await unit.commit()
            rest = [asdict(user) async for page in pages for user in page]

        assert rest == before
        assert (await load(database, changed)).name == PersonName("After")

    async def test_one_that_is_left_early_holds_nothing(self, database: Database) -> None:
        await store(database, *(a_user() for _ in range(3)))

        for _ in range(20):
            async with aclosing(_pages(database, 1)) as pages:
                await anext(pages)

        assert len([page async for page in _pages(database, 1)]) == 3
        await store(database, a_user())


def _pages(database: Database, size: int) -> Pages:
    return cast("Pages", database.reader(ACCOUNT_STREAM).pages(size))
