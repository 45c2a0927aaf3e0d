import errno
import io
import re
from pathlib import Path

import pytest

from application.errors import DatabaseFailure
from application.invalid_settings import InvalidSettings
from domain.errors import Category, DomainError, FieldError, ValidationFailed
from entrypoints.cli.errors import EXIT_CODES
from entrypoints.cli.main import run
from tests.unit.entrypoints.cli.driving import USER, FakeRuntime, drive

SHOW = ("users", "show", USER.email)
TABLE = {
    "internal": 1,
    "malformed": 3,
    "validation": 4,
    "unauthenticated": 5,
    "forbidden": 6,
    "not_found": 7,
    "conflict": 8,
    "rate_limited": 9,
    "unavailable": 10,
    "timeout": 11,
    "external": 12,
}


@pytest.mark.parametrize("category", Category)
def test_the_exit_code_is_the_category_s(runtime: FakeRuntime, category: Category) -> None:
    class Refused(DomainError):
        code = "REFUSED"
        summary = "It cannot be."

    Refused.category = category
    runtime.answers["get_user"] = Refused()

    human, script = drive(runtime, *SHOW), drive(runtime, *SHOW, "--json")

    assert human.code == script.code == TABLE[category] == EXIT_CODES[category]
    assert (human.out, human.err) == ("", "error: It cannot be.\n")
    assert script.error == {"code": "REFUSED", "message": "It cannot be.", "errors": []}


class FullDisk(io.StringIO):
    def flush(self) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("args", [("--help",), ("--version",), ("users",), SHOW])
def test_a_full_disk_is_no_bug(runtime: FakeRuntime, args: tuple[str, ...]) -> None:
    runtime.answers["get_user"] = USER
    stderr = io.StringIO()

    assert run(args, runtime, stdout=FullDisk(), stderr=stderr) == 1
    assert stderr.getvalue().startswith("error: The result cannot be written: ")


def test_wrong_fields_have_a_line_each(runtime: FakeRuntime) -> None:
    errors = (FieldError("email", "No address."), FieldError("name", "Too long."))
    runtime.answers["get_user"] = ValidationFailed(errors=errors)

    human, script = drive(runtime, *SHOW), drive(runtime, *SHOW, "--json")

    assert human.err.splitlines()[1:] == ["  email: No address.", "  name: Too long."]
    assert script.error["errors"][1] == {"field": "name", "message": "Too long."}


def test_an_operator_is_told_the_detail(runtime: FakeRuntime) -> None:
    runtime.answers["get_user"] = DatabaseFailure(context={"detail": "var/a.db is no database"})

    assert "(var/a.db is no database)" in drive(runtime, *SHOW).err
    assert drive(runtime, *SHOW, "--json").error["detail"] == "var/a.db is no database"


def test_a_detail_of_several_lines_becomes_one(runtime: FakeRuntime) -> None:
    runtime.answers["get_user"] = DatabaseFailure(context={"detail": "refused\n\tIs it up?\n"})

    assert drive(runtime, *SHOW).err.endswith("(refused Is it up?)\n")


def test_every_problem_of_the_configuration_has_its_line(runtime: FakeRuntime) -> None:
    problems = ("HTTP_PORT: use a number.", "JWT_SECRET is missing.")
    runtime.configuration = InvalidSettings(problems)

    human = drive(runtime, "config", "check")
    script = drive(runtime, "config", "check", "--json")

    assert human.code == script.code == 4
    assert human.err.splitlines()[1:] == [f"  {problem}" for problem in problems]
    assert script.error["errors"][0] == {"field": "HTTP_PORT", "message": problems[0]}


def test_the_unforeseen_is_called_a_bug_in_one_line_without_its_message(
    runtime: FakeRuntime,
) -> None:
    runtime.answers["get_user"] = RuntimeError("secret")

    outcome = drive(runtime, *SHOW)

    assert outcome.code == 1
    assert re.fullmatch(r"error: This is a bug in Armature: RuntimeError\. .*\n", outcome.err)
    assert "secret" not in outcome.err


def test_debug_shows_where_the_bug_is(runtime: FakeRuntime) -> None:
    runtime.answers["get_user"] = RuntimeError("secret")

    assert "Traceback" in drive(runtime, "--debug", *SHOW).err


def test_ctrl_c_is_quiet(runtime: FakeRuntime) -> None:
    runtime.answers["get_user"] = KeyboardInterrupt()

    outcome = drive(runtime, *SHOW)

    assert (outcome.code, outcome.out, outcome.err) == (130, "", "")


@pytest.mark.parametrize(
    "args",
    [
        ("bogus",),
        ("users", "bogus"),
        ("users", "show"),
        ("users", "show", "a@b", "more"),
        ("users", "list", "--limit", "x"),
        ("users", "show", "\udcff@b"),
        ("users", "show", "a\0@b"),
    ],
)
def test_wrong_usage_is_2_in_both_languages(runtime: FakeRuntime, args: tuple[str, ...]) -> None:
    human, script = drive(runtime, *args), drive(runtime, *args, "--json")

    assert human.code == script.code == 2
    assert "error: " in human.err
    assert script.error["code"] == "USAGE"
    assert human.out == script.out == ""


@pytest.mark.parametrize(
    "args",
    [("--json", *SHOW), ("users", "--json", "show", USER.email), (*SHOW, "--json")],
    ids=["before", "between", "after"],
)
def test_json_may_stand_anywhere(runtime: FakeRuntime, args: tuple[str, ...]) -> None:
    runtime.answers["get_user"] = USER

    assert drive(runtime, *args).json["user"]["email"] == USER.email


def test_after_two_dashes_json_is_a_word_like_any_other(runtime: FakeRuntime) -> None:
    outcome = drive(runtime, "users", "show", "--", "--json")

    assert "'--json' is neither" in outcome.err


def test_the_reader_of_a_pipe_may_leave(
    runtime: FakeRuntime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object, **__: object) -> None:
        raise BrokenPipeError

    monkeypatch.setattr("entrypoints.cli.terminal.Terminal.write", gone)
    runtime.answers["get_user"] = USER

    outcome = drive(runtime, *SHOW)

    assert (outcome.code, outcome.err) == (141, "")


def test_nothing_of_a_name_moves_the_terminal(runtime: FakeRuntime) -> None:
    runtime.answers["get_user"] = DomainError("\x1b[2Jgone\u202e")

    assert drive(runtime, *SHOW).err == "error: \\x1b[2Jgone\\u202e\n"


def test_the_documentation_has_the_table() -> None:
    documentation = Path(__file__).parents[4].joinpath("docs", "cli.md").read_text()

    for category, code in EXIT_CODES.items():
        assert f"| {code} | {category}" in documentation
