import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from application.audit.entry import AuditEntry
from application.context import CallContext, call_context
from application.session.log_out import LogOut
from application.session.views import SessionRecord
from application.user import export_data
from application.user.deactivate_user import DeactivateUser
from application.user.export_data import ExportData, ExportedData
from application.user.get_profile import GetProfile
from application.user.grant_role import GrantRole
from domain.errors import Forbidden
from domain.user.errors import UserNotFound
from tests.world import OPERATOR, World

SCHEMA = Path(__file__).parents[3] / "src" / "adapters" / "migrations" / "sqlite_schema.sql"

# Each table that names a user, and the field of the export that holds its rows.
EXPORTED = {
    "sessions": "sessions",
    "audit_entries": "audit",
    "idempotency_records": None,  # digests, and a time
}


async def export_of(here: World, user_id: UUID) -> ExportedData:
    return await here.do.export_data(ExportData(actor=OPERATOR, user_id=user_id))


@contextmanager
def called_from(address: str) -> Iterator[None]:
    context = CallContext(request_id="call-1", client_address=address, user_agent="Browser/1")
    token = call_context.set(context)
    yield
    call_context.reset(token)


def whereabouts(entry: AuditEntry) -> tuple[object, ...]:
    return entry.actor_id, entry.operator, entry.client_address, entry.user_agent


async def test_an_export_holds_the_account_and_all_its_sessions(here: World) -> None:
    await here.actor("bob@example.com")
    ann = await here.actor()
    here.clock.advance(timedelta(seconds=1))
    tokens = (await here.log_in()).tokens
    assert tokens is not None

    data = await here.do.export_data(ExportData(actor=ann, user_id=ann.user_id))

    assert data.exported_at == here.clock.now()
    assert data.user == await here.do.get_profile(GetProfile(actor=ann))
    assert [session.id for session in data.sessions] == [tokens.session_id, ann.session_id]


async def test_a_session_that_ended_says_when_and_why(here: World) -> None:
    ann = await here.actor()
    await here.do.log_out(LogOut(actor=ann))

    data = await here.do.export_data(ExportData(actor=OPERATOR, user_id=ann.user_id))

    (session,) = data.sessions
    assert isinstance(session, SessionRecord)
    assert (session.ended_at, session.end_reason) == (here.clock.now(), "logged_out")


async def test_the_audit_entries_about_the_owner_are_in_it_and_no_others(here: World) -> None:
    with called_from("203.0.113.7"):
        ann = await here.actor()
        await here.actor("bob@example.com")

        data = await export_of(here, ann.user_id)

    assert [entry.type for entry in data.audit] == ["session.opened", "user.registered"]
    assert {entry.user_id for entry in data.audit} == {ann.user_id}
    assert {entry.actor_id for entry in data.audit} == {ann.user_id}
    assert {entry.client_address for entry in data.audit} == {"203.0.113.7"}
    assert data.audit_is_complete


async def test_who_else_did_something_to_the_owner_is_not_told(here: World) -> None:
    ann = await here.actor()
    admin = await here.admin()
    with called_from("198.51.100.9"):
        await here.do.grant_role(GrantRole(actor=OPERATOR, user_id=ann.user_id, role="editor"))
        await here.do.deactivate_user(DeactivateUser(actor=admin, user_id=ann.user_id))

    data = await export_of(here, ann.user_id)

    told = {entry.type: entry for entry in data.audit}
    for kind in ("role.granted", "user.deactivated", "session.ended"):
        assert whereabouts(told[kind]) == (None, None, None, None)
    assert told["role.granted"].details == {"role": "editor"}


async def test_what_the_owner_did_to_others_is_not_told(here: World) -> None:
    admin = await here.admin()
    ann = await here.actor()
    await here.do.deactivate_user(DeactivateUser(actor=admin, user_id=ann.user_id))

    data = await export_of(here, admin.user_id)

    assert "user.deactivated" not in {entry.type for entry in data.audit}


@pytest.mark.parametrize(("bound", "is_complete"), [(7, False), (8, True), (9, True)])
async def test_entries_are_read_page_by_page_up_to_a_bound(
    here: World, monkeypatch: pytest.MonkeyPatch, bound: int, *, is_complete: bool
) -> None:
    monkeypatch.setattr(export_data, "PAGE", 3)
    monkeypatch.setattr(export_data, "MAX_RECORDS", bound)
    ann = await here.actor()
    for _ in range(6):
        here.clock.advance(timedelta(seconds=1))
        await here.log_in()

    data = await export_of(here, ann.user_id)

    times = [entry.occurred_at for entry in data.audit]
    assert times == sorted(times, reverse=True)
    assert len({entry.id for entry in data.audit}) == len(times) == min(8, bound)
    assert data.audit_is_complete is is_complete


@pytest.mark.parametrize(("bound", "is_complete"), [(6, False), (7, True), (8, True)])
async def test_sessions_are_read_page_by_page_up_to_a_bound(
    here: World, monkeypatch: pytest.MonkeyPatch, bound: int, *, is_complete: bool
) -> None:
    monkeypatch.setattr(export_data, "PAGE", 3)
    monkeypatch.setattr(export_data, "MAX_RECORDS", bound)
    ann = await here.actor()
    opened = [ann.session_id, *[(await here.log_in()).tokens.session_id for _ in range(6)]]
    await here.do.log_out(LogOut(actor=ann))

    data = await export_of(here, ann.user_id)

    assert [session.id for session in data.sessions] == opened[::-1][:bound]
    assert data.sessions_are_complete is is_complete


async def test_only_the_owner_and_the_operator_may_export(here: World) -> None:
    admin = await here.admin()
    ann = await here.actor()

    with pytest.raises(Forbidden):
        await here.do.export_data(ExportData(actor=admin, user_id=ann.user_id))


async def test_there_is_nothing_to_export_of_nobody(here: World) -> None:
    with pytest.raises(UserNotFound):
        await here.do.export_data(ExportData(actor=OPERATOR, user_id=UUID(int=1)))


def test_every_table_that_names_a_user_is_in_the_export_or_left_out_on_purpose() -> None:
    tables = re.findall(r"CREATE TABLE (\w+) \((.*?)\n\)", SCHEMA.read_text(), re.DOTALL)
    naming = {name for name, columns in tables if re.search(r"REFERENCES users|user_id", columns)}

    assert naming == set(EXPORTED)
    assert {one for one in EXPORTED.values() if one} <= {one.name for one in fields(ExportedData)}
