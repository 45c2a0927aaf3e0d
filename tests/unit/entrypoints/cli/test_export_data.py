import json
from pathlib import Path

import pytest

from application.user.export_data import ExportData
from tests.unit.entrypoints.cli.driving import (
    EXPORT,
    OPERATOR,
    USER_ID,
    USER_JSON,
    FakeRuntime,
    drive,
)

COMMAND = ("users", "export-data", str(USER_ID))


@pytest.fixture
def runtime() -> FakeRuntime:
    return FakeRuntime(answers={"export_data": EXPORT})


def test_the_export_is_json_for_people_too(runtime: FakeRuntime) -> None:
    outcome = drive(runtime, *COMMAND)

    assert runtime.asked == [ExportData(actor=OPERATOR, user_id=USER_ID)]
    assert outcome.json["user"] == USER_JSON
    assert outcome.json["sessions"][0]["end_reason"] == "revoked"
    assert outcome.json["sessions"][0]["ended_at"] == outcome.json["exported_at"]
    assert outcome.json["audit"][0]["details"] == {"role": "admin"}
    assert outcome.json["audit_is_complete"] is True
    assert drive(runtime, *COMMAND, "--json").json == outcome.json


@pytest.mark.parametrize("output", ["data.json", "."], ids=["a file", "a folder"])
def test_the_export_goes_to_a_new_file_for_its_owner_only(
    runtime: FakeRuntime, tmp_path: Path, output: str
) -> None:
    outcome = drive(runtime, *COMMAND, "--output", str(tmp_path / output))

    (written,) = tmp_path.iterdir()
    assert written.name == ("data.json" if output == "data.json" else "Grace Hopper.json")
    assert json.loads(written.read_text())["user"] == USER_JSON
    assert written.stat().st_mode & 0o777 == 0o600
    assert outcome.out == f"Written: {written}\n"


def test_what_is_there_is_never_written_over(runtime: FakeRuntime, tmp_path: Path) -> None:
    there, link = tmp_path / "there", tmp_path / "link"
    there.write_text("mine")
    link.symlink_to(tmp_path / "elsewhere")

    assert drive(runtime, *COMMAND, "--output", str(there)).code == 2
    assert drive(runtime, *COMMAND, "--output", str(link)).code == 2
    assert there.read_text() == "mine"
    assert not (tmp_path / "elsewhere").exists()


def test_a_folder_that_is_not_there_is_no_name_of_a_file(
    runtime: FakeRuntime, tmp_path: Path
) -> None:
    outcome = drive(runtime, *COMMAND, "--output", f"{tmp_path}/new/")

    assert (outcome.code, [*tmp_path.iterdir()], runtime.asked) == (2, [], [])
    assert f"There is no folder '{tmp_path}/new/'." in outcome.err


def test_a_folder_that_is_not_there_is_a_failure(runtime: FakeRuntime, tmp_path: Path) -> None:
    outcome = drive(runtime, *COMMAND, "--output", str(tmp_path / "no" / "where"))

    assert outcome.code == 1
    assert "No such file" in outcome.err
