from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID, uuid4

import pytest

from application.ports.credential_reader import CREDENTIALS
from application.user.change_password import ChangePassword
from application.user.get_user import GetUser
from application.user.import_users import MAX_BATCH, Earlier, Imported, ImportUsers, Refused
from application.user.incoming_user import ROLES_NOT_ALLOWED
from application.user.user_record import UserRecord
from domain.errors import FieldError, ValidationFailed
from domain.user.errors import InvalidCredentials
from domain.user.events import UserImported
from tests.builders import an_id
from tests.unit.application.trail import trail
from tests.world import OPERATOR, PASSWORD, World

HASH = f"$plain$old$0123456789abcdef${PASSWORD}"
LONG_AGO = datetime(2019, 5, 6, 7, 8, 9, 123456, tzinfo=UTC)


def a_record(email: str = "ann@example.com", *, line: int = 1) -> UserRecord:
    return UserRecord(line=line, email=email, password_hash=HASH)


async def move_in(
    here: World, *records: UserRecord, earlier: Earlier | None = None, **options: bool
) -> Imported:
    command = ImportUsers(actor=OPERATOR, records=records, earlier=earlier, **options)
    return await here.do.import_users(command)


async def test_a_user_moves_in_with_all_they_have_and_logs_in(here: World) -> None:
    record = UserRecord(
        line=7,
        id=an_id(),
        email="Ann@Example.com",
        name=" Ann ",
        bio="Hi <em>there</em><script>x</script>",
        website="https://ann.example",
        password_hash=HASH,
        roles=("editor", "admin"),
        created_at=LONG_AGO,
        updated_at=LONG_AGO.astimezone(timezone(timedelta(hours=5))),
    )

    done = await move_in(here, record, allow_roles=True)

    assert done == Imported(added=1, there_already=0, refused=())

    user = (await here.log_in("ann@example.com")).user
    assert (user.id, user.email, user.name) == (record.id, "Ann@Example.com", "Ann")
    assert (user.bio, user.website) == ("Hi <em>there</em>", "https://ann.example/")
    assert user.roles == ("admin", "editor")
    assert (user.created_at, user.updated_at) == (LONG_AGO, LONG_AGO)


async def test_the_old_hash_is_renewed_by_the_first_log_in(here: World) -> None:
    await move_in(here, a_record())
    user = (await here.log_in()).user

    found = await here.container.database().reader(CREDENTIALS).by_id(user.id)

    assert found is not None
    assert found.password_hash.startswith("$plain$1$")
    await here.log_in()


async def test_each_is_written_down_with_roles_and_the_operator_and_told_at_once(
    here: World,
) -> None:
    one, two = replace(a_record(), roles=("admin",)), a_record("bob@example.com", line=2)

    await move_in(here, one, two, allow_roles=True)

    entries = await trail(here)
    assert [(entry.type, entry.operator) for entry in entries] == [("user.imported", "tester")] * 2
    assert [dict(entry.details) for entry in entries] == [{"roles": "admin"}, {}]
    assert [type(event) for event in here.events] == [UserImported, UserImported]


async def test_again_it_adds_nobody_and_changes_nothing(here: World) -> None:
    await move_in(here, a_record())
    again = replace(a_record("ANN@example.com"), name="Other")

    assert await move_in(here, again) == Imported(added=0, there_already=1, refused=())

    assert (await here.log_in()).user.name is None
    assert len(here.events) == 2  # imported, logged in


async def test_who_registered_is_reported_and_not_overwritten(here: World) -> None:
    await here.register(name="Ann")

    done = await move_in(here, replace(a_record(line=3), name="Else"), a_record("b@example.com"))

    assert (done.added, done.there_already) == (1, 0)
    assert [(each.line, each.errors[0].field) for each in done.refused] == [(3, "email")]
    assert (await here.log_in()).user.name == "Ann"


async def test_the_same_address_twice_in_a_batch_is_added_once(here: World) -> None:
    done = await move_in(here, a_record(), a_record("ANN@example.com", line=2))

    assert (done.added, done.there_already, done.refused) == (1, 1, ())


async def test_the_same_id_twice_in_a_batch_is_refused_by_its_line(here: World) -> None:
    one = replace(a_record(), id=an_id())

    done = await move_in(here, one, replace(one, email="b@example.com", line=2))

    assert done.added == 1
    assert done.refused == (Refused(2, (FieldError("id", "An earlier line has this id."),)),)


WRONG: list[tuple[str, dict[str, object]]] = [
    ("email", {"email": "no address"}),
    ("email", {"email": "a\0@example.com"}),
    ("name", {"name": "x" * 101}),
    ("name", {"name": "\u202eann"}),
    ("bio", {"bio": "x" * 2001}),
    ("website", {"website": "javascript:alert(1)"}),
    ("password_hash", {"password_hash": None}),
    ("password_hash", {"password_hash": ""}),
    ("password_hash", {"password_hash": "!"}),
    ("password_hash", {"password_hash": "5f4dcc3b5aa765d61d8327deb882cf99"}),
    ("roles", {"roles": ("Not a role",)}),
    ("roles", {"roles": ("undefined",)}),
    ("roles", {"roles": tuple(f"r{number}" for number in range(101))}),
    ("id", {"id": uuid4()}),
    ("created_at", {"created_at": datetime(2020, 1, 1)}),  # noqa: DTZ001 - the case
    ("created_at", {"created_at": datetime(2999, 1, 1, tzinfo=UTC)}),
    ("created_at", {"created_at": datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))}),
    ("updated_at", {"updated_at": LONG_AGO, "created_at": LONG_AGO + timedelta(days=1)}),
]


@pytest.mark.parametrize(("field", "change"), WRONG)
async def test_what_breaks_a_rule_is_refused_by_its_line_and_the_rest_goes_in(
    here: World, field: str, change: dict[str, object]
) -> None:
    bad = replace(a_record(line=5), **change)  # type: ignore[arg-type] # checked by the constructor

    done = await move_in(here, bad, a_record("good@example.com", line=6), allow_roles=True)

    assert done.added == 1
    assert [(each.line, [error.field for error in each.errors]) for each in done.refused] == [
        (5, [field])
    ]


@pytest.mark.parametrize("dry_run", [True, False])
async def test_roles_are_imported_only_where_that_is_allowed(here: World, *, dry_run: bool) -> None:
    admin, plain = replace(a_record(), roles=("admin",)), a_record("bob@example.com", line=2)

    done = await move_in(here, admin, plain, dry_run=dry_run)

    assert (done.added, done.refused) == (1, (Refused(1, (ROLES_NOT_ALLOWED,)),))
    assert "--allow-roles" in ROLES_NOT_ALLOWED.message
    assert (await move_in(here, admin, allow_roles=True)).added == 1


async def test_everything_that_is_wrong_with_a_line_is_told(here: World) -> None:
    bad = UserRecord(line=1, email="x", name="", roles=("?",), id=UUID(int=0))

    (refused,) = (await move_in(here, bad)).refused

    assert {each.field for each in refused.errors} == {
        "email",
        "name",
        "password_hash",
        "roles",
        "id",
    }


async def test_a_dry_run_finds_the_same_and_keeps_nothing(here: World) -> None:
    await here.register()
    records = (a_record(), a_record("new@example.com", line=2), a_record("bad", line=3))

    tried = await move_in(here, *records, dry_run=True)

    with pytest.raises(InvalidCredentials):
        await here.log_in("new@example.com")
    assert tried == await move_in(here, *records)
    assert [each.line for each in tried.refused] == [1, 3]


async def test_a_dry_run_remembers_what_its_earlier_batches_would_have_added(here: World) -> None:
    await here.register()
    earlier, one = Earlier(), an_id()
    first = (replace(a_record("new@example.com"), id=one), a_record())
    again = (
        a_record("NEW@example.com", line=3),
        replace(a_record("other@example.com", line=4), id=one),
        a_record(line=5),
        a_record("bad", line=6),
    )

    tried = [await move_in(here, *batch, dry_run=True, earlier=earlier) for batch in (first, again)]

    assert tried == [await move_in(here, *batch) for batch in (first, again)]
    assert [(each.added, each.there_already) for each in tried] == [(1, 0), (0, 1)]


async def test_without_a_password_nobody_logs_in_until_an_operator_sets_one(here: World) -> None:
    record = replace(a_record(), password_hash=None)

    assert (await move_in(here, record)).added == 0
    assert (await move_in(here, record, without_password=True)).added == 1

    for password in ("!", PASSWORD):
        with pytest.raises(InvalidCredentials):
            await here.log_in(password=password)

    user = await here.do.get_user(GetUser(actor=OPERATOR, user="ann@example.com"))
    await here.do.change_password(
        ChangePassword(actor=OPERATOR, user_id=user.id, old_password=None, new_password=PASSWORD)
    )
    await here.log_in()


async def test_a_batch_has_an_end(here: World) -> None:
    with pytest.raises(ValidationFailed):
        await move_in(here, *[a_record()] * (MAX_BATCH + 1))


def test_a_hash_is_not_shown() -> None:
    assert "plain" not in repr(ImportUsers(actor=OPERATOR, records=(a_record(),)))
    assert "plain" not in repr(a_record())
