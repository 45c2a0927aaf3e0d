from dataclasses import replace
from functools import partial

import pytest

from application.errors import DatabaseUnavailable
from application.user.deactivate_user import DeactivateUser
from application.user.export_users import ExportUsers
from application.user.import_users import ImportUsers
from application.user.user_record import UserRecord
from tests.faulty import Faults
from tests.unit.application.trail import trail
from tests.world import OPERATOR, World, world


async def export(here: World, *, with_hashes: bool = True) -> list[UserRecord]:
    pages = await here.do.export_users(ExportUsers(actor=OPERATOR, with_hashes=with_hashes))
    return [record async for page in pages for record in page]


async def test_what_was_exported_is_the_same_where_it_is_imported(here: World) -> None:
    await here.register(name="Ann")
    bob = (await here.register("bob@example.com")).user
    await here.do.deactivate_user(DeactivateUser(actor=OPERATOR, user_id=bob.id))
    empty = UserRecord(line=1, email="none@example.com", roles=("editor",))
    importing = partial(ImportUsers, actor=OPERATOR, without_password=True, allow_roles=True)
    await here.do.import_users(importing(records=(empty,)))
    records = await export(here)

    async with world() as other:
        command = importing(records=tuple(records))
        assert (await other.do.import_users(command)).added == 3

        assert await export(other) == records
        assert (await other.log_in()).user == (await here.log_in()).user


async def test_hashes_are_given_only_to_who_asks_for_them(here: World) -> None:
    await here.register()
    with_hashes, without = await export(here), await export(here, with_hashes=False)

    assert with_hashes[0].password_hash
    assert without == [replace(with_hashes[0], password_hash=None)]


async def test_that_they_were_taken_out_is_written_down_before_the_first_is_given(
    here: World,
) -> None:
    await here.register()

    pages = await here.do.export_users(ExportUsers(actor=OPERATOR, with_hashes=True))

    entry = (await trail(here))[-1]
    assert (entry.type, entry.operator) == ("users.exported", "tester")
    assert dict(entry.details) == {"with_hashes": 1}
    assert [len(page) async for page in pages] == [1]


async def test_nothing_is_given_when_it_cannot_be_written_down() -> None:
    faults = Faults()
    async with world(faults=faults) as here:
        await here.register()
        faults.add("audit", *[DatabaseUnavailable()] * 10)

        with pytest.raises(DatabaseUnavailable):
            await export(here)
