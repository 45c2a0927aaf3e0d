import re
from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from application.session.log_out import LogOut
from application.session.views import SessionRecord
from application.user.export_data import ExportData, ExportedData
from application.user.get_profile import GetProfile
from domain.errors import Forbidden
from domain.user.errors import UserNotFound
from tests.world import OPERATOR, World

SCHEMA = Path(__file__).parents[3] / "src" / "adapters" / "migrations" / "sqlite_schema.sql"

# Each table that names a user, and the field of the export that holds its rows.
EXPORTED = {
    "sessions": "sessions",
    "idempotency_records": None,  # digests, and a time
}


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
    naming = {name for name, columns in tables if re.search(r"REFERENCES users", columns)}

    assert naming == set(EXPORTED)
    assert {one for one in EXPORTED.values() if one} <= {one.name for one in fields(ExportedData)}
