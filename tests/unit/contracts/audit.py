"""What every `AuditTrail`, and the `AuditReader` beside it, does."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from application.audit.entry import AuditEntry, AuditQuery, Position
from application.errors import DuplicateKey
from application.ports.audit_reader import AUDIT_READER
from application.ports.audit_trail import AUDIT_TRAIL
from application.ports.database import Database
from application.ports.user_repository import USERS
from tests.builders import NOW, a_user, an_entry, an_id
from tests.storage import a_unit
from tests.unit.contracts.database import together

SECOND = timedelta(seconds=1)


async def add(database: Database, *entries: AuditEntry) -> None:
    async with a_unit(database) as unit:
        await unit.repository(AUDIT_TRAIL).add(entries)
        await unit.commit()


async def read(database: Database, **query: object) -> list[AuditEntry]:
    found = await database.reader(AUDIT_READER).page(AuditQuery(**{"limit": 100, **query}))  # type: ignore[arg-type] # cases
    return [*found]


class AuditContract:
    """Give it an open, empty `database` by a fixture."""

    async def test_gives_back_what_was_added(self, database: Database) -> None:
        ann, admin = an_id(), an_id()
        by_admin, by_operator = an_entry(ann, by=admin), an_entry(ann, by="root 'x'")
        by_nobody = AuditEntry(id=an_id(), occurred_at=NOW, type="x", request_id="r")

        await add(database, by_admin, by_operator, by_nobody)

        assert await read(database) == [by_nobody, by_operator, by_admin]

    async def test_what_is_not_committed_was_never_there(self, database: Database) -> None:
        async with a_unit(database) as unit:
            await unit.repository(USERS).add(a_user())
            await unit.repository(AUDIT_TRAIL).add([an_entry()])

        assert await read(database) == []

    async def test_an_entry_is_added_once(self, database: Database) -> None:
        entry = an_entry()
        await add(database, entry)

        with pytest.raises(DuplicateKey):
            await add(database, an_entry(), entry)

        assert await read(database) == [entry]

    async def test_pages_go_down_by_time_and_then_by_id(self, database: Database) -> None:
        late, early = NOW + SECOND, NOW - SECOND
        ends = [an_entry(at=late), an_entry(at=early)]
        same = [an_entry() for _ in range(5)]
        await add(database, *same[2:], *ends, *same[:2])

        seen: list[AuditEntry] = []
        before: Position | None = None
        while page := await read(database, limit=2, before=before):
            seen += page
            before = page[-1].position

        assert seen == [ends[0], *same[::-1], ends[1]]

    async def test_every_filter_holds(self, database: Database) -> None:
        ann, bob = an_id(), an_id()
        old, failed = an_entry(ann, at=NOW - SECOND), an_entry(ann, type="login.failed")
        granted, of_bob = an_entry(ann), an_entry(bob)
        await add(database, old, failed, granted, of_bob)

        assert await read(database, user_id=ann) == [granted, failed, old]
        assert await read(database, type="role.granted") == [of_bob, granted, old]
        assert await read(database, since=NOW, user_id=ann) == [granted, failed]
        assert await read(database, user_id=ann, type="login.failed") == [failed]
        assert await read(database, user_id=bob, type="login.failed") == []
        assert await read(database, before=Position(NOW, an_id())) == [
            of_bob,
            granted,
            failed,
            old,
        ]

    async def test_forgets_where_a_user_came_from_and_no_admin(self, database: Database) -> None:
        ann, admin = an_id(), an_id()
        own, failed = an_entry(ann, by=ann), an_entry(ann)
        others = [an_entry(ann, by=admin), an_entry(ann, by="root"), an_entry(admin, by=ann)]
        await add(database, own, failed, *others)

        async with a_unit(database) as unit:
            await unit.repository(AUDIT_TRAIL).forget_clients(ann)
            await unit.commit()

        blank = [own.without_client(), failed.without_client()]
        assert await read(database) == [*others[::-1], *blank[::-1]]

    async def test_of_many_units_at_once_every_entry_is_kept(self, database: Database) -> None:
        batches: Sequence[list[AuditEntry]] = [[an_entry(), an_entry()] for _ in range(20)]

        outcomes = await together(add(database, *batch) for batch in batches)

        assert outcomes == [None] * 20
        assert {entry.id for entry in await read(database)} == {
            entry.id for batch in batches for entry in batch
        }
