from datetime import timedelta

import pytest

from application.audit.entry import AuditEntry
from application.audit.list_audit import ListAudit
from application.errors import InvalidInput
from domain.errors import ValidationFailed
from tests.unit.application.trail import trail
from tests.world import OPERATOR, World


async def test_pages_give_every_entry_once_though_more_come(here: World) -> None:
    for number in range(4):
        await here.register(f"user{number}@example.com")
    expected = [*reversed(await trail(here))]

    seen: list[AuditEntry] = []
    cursor: str | None = None
    while True:
        page = await here.do.list_audit(ListAudit(actor=OPERATOR, limit=3, cursor=cursor))
        seen += page.items
        cursor = page.next_cursor
        if cursor is None:
            break
        await here.register(f"late{len(seen)}@example.com")

    assert seen == expected


async def test_filters_combine_and_a_cursor_belongs_to_them(here: World) -> None:
    ann = (await here.register()).user.id
    here.clock.advance(timedelta(hours=1))
    later = here.clock.now()
    await here.log_in()
    await here.register("bob@example.com")

    async def found(**filters: object) -> list[str]:
        command = ListAudit(actor=OPERATOR, **filters)  # type: ignore[arg-type] # cases
        return [entry.type for entry in (await here.do.list_audit(command)).items]

    assert await found(user_id=ann, since=later) == ["session.opened"]
    assert await found(user_id=ann, until=later) == ["session.opened", "user.registered"]
    assert await found(type="user.registered", user_id=ann) == ["user.registered"]
    page = await here.do.list_audit(ListAudit(actor=OPERATOR, limit=1))
    with pytest.raises(InvalidInput):
        await found(cursor=page.next_cursor, type="session.opened")


@pytest.mark.parametrize(
    ("filters", "field"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 101}, "limit"),
        ({"type": "nothing.known"}, "type"),
        ({"since": "naive"}, "since"),
        ({"until": "naive"}, "until"),
    ],
)
async def test_what_can_be_no_filter_is_refused_by_name(
    here: World, filters: dict[str, object], field: str
) -> None:
    naive = here.clock.now().replace(tzinfo=None)
    given = {name: naive if value == "naive" else value for name, value in filters.items()}

    with pytest.raises(ValidationFailed) as caught:
        await here.do.list_audit(ListAudit(actor=OPERATOR, **given))  # type: ignore[arg-type] # cases

    assert [error.field for error in caught.value.errors] == [field]
