import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from application.errors import DatabaseUnavailable
from application.user.export_users import ExportUsers
from application.user.user_record import UserRecord
from tests.unit.entrypoints.cli.driving import OPERATOR, FakeRuntime, drive

COMMAND = ("users", "export")
ANN = UserRecord(line=1, email="ann@example.com", name="=1+1 é", password_hash="a hash")
BOB = UserRecord(line=2, email="bob@example.com")


async def _pages(*pages: tuple[UserRecord, ...] | Exception) -> AsyncIterator[object]:
    for page in pages:
        if isinstance(page, Exception):
            raise page
        yield page


@pytest.fixture
def runtime() -> FakeRuntime:
    return FakeRuntime(answers={"export_users": _pages((ANN,), (BOB,))})


def test_users_go_to_standard_output_a_line_each(runtime: FakeRuntime) -> None:
    outcome = drive(runtime, *COMMAND, "-")

    first, second = map(json.loads, outcome.out.splitlines())
    assert (first["email"], first["name"], second["email"]) == (ANN.email, ANN.name, BOB.email)
    assert "password_hash" not in first
    assert outcome.err == "Exported: 2 users\n"
    assert runtime.asked == [ExportUsers(actor=OPERATOR)]


def test_a_file_is_for_its_owner_only_and_takes_the_place_of_what_was_there(
    runtime: FakeRuntime, tmp_path: Path
) -> None:
    there = tmp_path / "users.csv"
    there.write_text("old")
    there.chmod(0o644)

    outcome = drive(runtime, *COMMAND, str(there), "--with-hashes", "--json")

    assert outcome.json == {"exported": 2, "written": str(there)}
    assert there.stat().st_mode & 0o777 == 0o600
    head, ann, _ = there.read_text().splitlines()
    assert head.endswith(",password_hash")
    assert ann.startswith(",ann@example.com,=1+1 é,")
    assert ann.endswith(",a hash")
    assert [*tmp_path.iterdir()] == [there]
    assert runtime.asked == [ExportUsers(actor=OPERATOR, with_hashes=True)]


def test_an_outage_in_the_middle_leaves_what_was_there(
    runtime: FakeRuntime, tmp_path: Path
) -> None:
    there = tmp_path / "users.jsonl"
    there.write_text("old")
    runtime.answers["export_users"] = _pages((ANN,), DatabaseUnavailable())

    assert drive(runtime, *COMMAND, str(there)).code == 10
    assert there.read_text() == "old"
    assert [*tmp_path.iterdir()] == [there]


def test_what_is_no_file_is_never_replaced(runtime: FakeRuntime, tmp_path: Path) -> None:
    assert drive(runtime, *COMMAND, str(tmp_path)).code == 2
    assert drive(runtime, *COMMAND, "/dev/null").code == 2
    assert drive(runtime, *COMMAND, f"{tmp_path}/new/").code == 2
    assert drive(runtime, *COMMAND, str(tmp_path / "no" / "where")).code == 1
    assert not runtime.asked
