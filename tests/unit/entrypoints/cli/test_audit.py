from datetime import UTC, datetime
from uuid import UUID

import pytest

from application.audit.entry import AuditEntry
from application.audit.list_audit import ListAudit
from application.pagination import MAX_LIMIT, Page
from tests.unit.entrypoints.cli.driving import NOON, OPERATOR, USER, USER_ID, FakeRuntime, drive

ENTRY = AuditEntry(
    id=UUID(int=1),
    occurred_at=NOON,
    type="role.granted",
    operator="ro\x1bot",
    user_id=USER_ID,
    client_address="203.0.113.9",
    request_id="r-1",
    details={"role": "admin"},
)
ENTRY_JSON = {
    "id": "00000000-0000-0000-0000-000000000001",
    "occurred_at": "2026-01-02T12:00:00.250000Z",
    "type": "role.granted",
    "actor_id": None,
    "operator": "ro\x1bot",
    "user_id": str(USER_ID),
    "client_address": "203.0.113.9",
    "user_agent": None,
    "request_id": "r-1",
    "details": {"role": "admin"},
}


def test_a_page_is_a_table_or_json(runtime: FakeRuntime) -> None:
    runtime.answers["list_audit"] = Page((ENTRY,), "next")

    human = drive(runtime, "audit", "list")
    script = drive(runtime, "audit", "list", "--json")

    line = human.out.splitlines()[1]
    told = ("2026-01-02 12:00:00Z", "role.granted", r"operator ro\x1bot", "role=admin")
    assert all(each in line for each in told)
    assert "--cursor next" in human.err
    assert script.json == {"entries": [ENTRY_JSON], "next_cursor": "next"}


def test_filters_reach_the_use_case_and_times_are_in_utc(runtime: FakeRuntime) -> None:
    runtime.answers["get_user"] = USER
    runtime.answers["list_audit"] = Page((), None)

    outcome = drive(
        runtime,
        *("audit", "list", "--user", "grace@navy.mil", "--type", "login.failed", "--limit", "5"),
        *("--since", "2026-01-31", "--until", "2026-02-01T08:00:00+01:00", "--cursor", "c"),
    )

    assert (outcome.out, outcome.err) == ("", "No entries.\n")
    assert runtime.asked[1] == ListAudit(
        actor=OPERATOR,
        limit=5,
        cursor="c",
        user_id=USER_ID,
        type="login.failed",
        since=datetime(2026, 1, 31, tzinfo=UTC),
        until=datetime(2026, 2, 1, 7, tzinfo=UTC),
    )


def test_all_follows_the_pages(runtime: FakeRuntime) -> None:
    runtime.answers["list_audit"] = [Page((ENTRY,), "next"), Page((ENTRY,), None)]

    outcome = drive(runtime, "audit", "list", "--all", "--json")

    assert outcome.json == {"entries": [ENTRY_JSON, ENTRY_JSON], "next_cursor": None}
    first = ListAudit(actor=OPERATOR, limit=MAX_LIMIT)
    assert runtime.asked == [first, ListAudit(actor=OPERATOR, limit=MAX_LIMIT, cursor="next")]


@pytest.mark.parametrize(
    "wrong", [("--since", "soon"), ("--until", ""), ("--all", "--limit", "3"), ("--user", "x")]
)
def test_what_makes_no_sense_is_wrong_usage(runtime: FakeRuntime, wrong: tuple[str, ...]) -> None:
    assert drive(runtime, "audit", "list", *wrong).code == 2
    assert not runtime.asked
