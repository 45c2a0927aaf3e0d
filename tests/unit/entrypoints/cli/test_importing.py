import json
from pathlib import Path

import pytest

from application.errors import DatabaseUnavailable
from application.user.import_users import Imported, ImportUsers, Refused
from domain.errors import FieldError
from entrypoints.cli.main import run
from tests.unit.entrypoints.cli.driving import OPERATOR, FakeRuntime, drive
from tests.unit.entrypoints.cli.test_maintenance import Screen

DONE = Imported(added=1, there_already=0, refused=())
TAKEN = Imported(added=0, there_already=0, refused=(Refused(2, (FieldError("email", "Taken."),)),))
COMMAND = ("users", "import")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "users.jsonl"
    file.write_text('{"email": "a@example.com"}\n{"email": "b@example.com"}\nnot JSON\n')
    return file


def test_what_is_right_is_handed_over_in_batches(
    runtime: FakeRuntime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from entrypoints.cli.commands import users_import

    monkeypatch.setattr(users_import, "BATCH", 2)
    (tmp_path / "users.csv").write_text("email\na@b.c\nb@b.c\nc@b.c\n")
    runtime.answers["import_users"] = [DONE, DONE]

    outcome = drive(
        runtime, *COMMAND, str(tmp_path / "users.csv"), "--dry-run", "--without-password", "--json"
    )

    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.json == {
        "import": {
            "read": 3,
            "added": 2,
            "there_already": 0,
            "refused": 0,
            "dry_run": True,
            "problems": [],
        }
    }
    commands = [asked for asked in runtime.asked if isinstance(asked, ImportUsers)]
    assert [len(each.records) for each in commands] == [2, 1]
    assert {(each.actor, each.dry_run, each.without_password) for each in commands} == {
        (OPERATOR, True, True)
    }


def test_refused_lines_are_told_by_number_and_written_for_the_owner_only(
    runtime: FakeRuntime, file: Path, tmp_path: Path
) -> None:
    runtime.answers["import_users"] = TAKEN
    there = tmp_path / "rejects"
    there.write_text("of the last time")
    there.chmod(0o644)

    outcome = drive(runtime, *COMMAND, str(file), "--rejects", str(there))

    assert outcome.code == 4
    assert outcome.err == "line 2: email: Taken.\nline 3: line: This is not JSON.\n"
    assert outcome.out.splitlines()[-1].split() == ["refused", "2"]
    assert there.read_text() == '{"email": "b@example.com"}\nnot JSON\n'
    assert there.stat().st_mode & 0o777 == 0o600


def test_rejects_of_a_table_have_its_first_line(runtime: FakeRuntime, tmp_path: Path) -> None:
    file, there = tmp_path / "users.CSV", tmp_path / "rejects.csv"
    file.write_text("email,id\nann@example.com,7\n")
    runtime.answers["import_users"] = Imported(added=0, there_already=0, refused=())

    assert drive(runtime, *COMMAND, str(file), "--rejects", str(there)).code == 4
    assert there.read_text() == file.read_text()


def test_rejects_never_go_into_what_is_read_nor_through_a_link(
    runtime: FakeRuntime, file: Path, tmp_path: Path
) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")

    assert drive(runtime, *COMMAND, str(file), "--rejects", str(file)).code == 2
    assert drive(runtime, *COMMAND, str(file), "--rejects", str(tmp_path / "link")).code == 2
    assert not (tmp_path / "elsewhere").exists()
    assert file.read_text().startswith("{")


def test_twenty_lines_are_told_and_the_others_counted(runtime: FakeRuntime) -> None:
    runtime.answers["import_users"] = Imported(added=0, there_already=0, refused=())

    outcome = drive(runtime, *COMMAND, "-", piped=b"x\n" * 25)
    script = drive(runtime, *COMMAND, "-", "--json", piped=b"x\n" * 25)

    assert len(outcome.err.splitlines()) == 21
    assert "5 more lines were refused" in outcome.err
    assert (script.json["import"]["refused"], len(script.json["import"]["problems"])) == (25, 20)
    assert script.json["import"]["problems"][0] == {
        "line": 1,
        "errors": [{"field": "line", "message": "This is not JSON."}],
    }


@pytest.mark.parametrize(
    ("piped", "said"),
    [
        (b"\xff\xfee\x00", "UTF-16"),
        (b"\xfe\xff\x00e", "UTF-16"),
        (b"\x1f\x8b\x08", "compressed"),
        (b"PK\x03\x04", "ZIP"),
        (b'[{"email": "a@b.c"}]', "one JSON array"),
    ],
)
def test_a_file_of_another_kind_is_malformed_as_a_whole(
    runtime: FakeRuntime, piped: bytes, said: str
) -> None:
    outcome = drive(runtime, *COMMAND, "-", piped=piped)

    assert outcome.code == 3
    assert said in outcome.err


def test_what_is_not_there_is_wrong_usage(runtime: FakeRuntime, tmp_path: Path) -> None:
    assert drive(runtime, *COMMAND, str(tmp_path / "nothing")).code == 2
    assert drive(runtime, *COMMAND, str(tmp_path)).code == 2


def test_an_outage_in_the_middle_is_told_with_what_to_do(runtime: FakeRuntime, file: Path) -> None:
    runtime.answers["import_users"] = DatabaseUnavailable()

    outcome = drive(runtime, *COMMAND, str(file))

    assert outcome.code == 10
    assert "Stopped after 0 records. Run the same again to go on." in outcome.err


def test_the_bar_is_for_a_terminal_only(
    runtime: FakeRuntime, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runtime.answers["import_users"] = DONE
    screen, out = Screen(), Screen()

    run([*COMMAND, str(file)], runtime, stdout=out, stderr=screen)
    piped = drive(runtime, *COMMAND, str(file))

    assert "100%" in screen.getvalue()
    assert "%" not in piped.err
    assert out.getvalue() == piped.out
    assert capsys.readouterr() == ("", "")


def test_values_of_the_file_are_never_obeyed_by_a_terminal(runtime: FakeRuntime) -> None:
    runtime.answers["import_users"] = DONE
    line = json.dumps({"email": "a@b.c", "is_active": "\x1b[2J"}).encode()

    outcome = drive(runtime, *COMMAND, "-", piped=line)

    assert outcome.code == 4
    assert "\x1b" not in outcome.err
