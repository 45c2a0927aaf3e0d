import pytest

from application.doctor.finding import Finding, State
from domain.errors import Category
from tests.unit.entrypoints.cli.driving import FakeRuntime, drive

FINE = Finding(check="clock", found="It goes right.")
HINT = Finding(check="next key", state=State.HINT, found="None.", advice="Rotate.")
WARNING = Finding(check="memory", state=State.WARNING, found="Little.", advice="Buy some.")
DOWN = Finding(check="database", state=State.ERROR, found="Down.", category=Category.UNAVAILABLE)
WRONG = Finding(check="configuration", state=State.ERROR, found="Wrong.")


def test_findings_are_a_table(runtime: FakeRuntime) -> None:
    runtime.findings = (FINE, WARNING)

    outcome = drive(runtime, "doctor")

    assert [line.split("  ")[0] for line in outcome.out.splitlines()] == [
        "CHECK",
        "clock",
        "memory",
    ]
    assert outcome.out.splitlines()[2].split() == ["memory", "warning", "Little.", "Buy", "some."]
    assert (outcome.err, runtime.asked) == ("", [False])


def test_scripts_get_them_as_json(runtime: FakeRuntime) -> None:
    runtime.findings = (HINT,)

    outcome = drive(runtime, "doctor", "--production", "--json")

    assert outcome.json == {
        "state": "hint",
        "findings": [{"check": "next key", "state": "hint", "found": "None.", "advice": "Rotate."}],
    }
    assert runtime.asked == [True]


@pytest.mark.parametrize(
    ("findings", "code"),
    [
        ((), 0),
        ((FINE, HINT), 0),
        ((WARNING, HINT), 13),
        ((WARNING, DOWN), 10),
        ((WRONG, DOWN), 4),
    ],
)
def test_the_exit_code_is_that_of_the_worst(
    runtime: FakeRuntime, findings: tuple[Finding, ...], code: int
) -> None:
    runtime.findings = findings

    assert drive(runtime, "doctor", "--json").code == code


@pytest.mark.parametrize(
    ("args", "verbosity"),
    [
        (("config", "check"), 0),
        (("-v", "config", "check"), 1),
        (("config", "check", "--verbose"), 1),
        (("config", "-v", "check", "-v"), 2),
        (("config", "check", "-vv", "--json"), 2),
        (("config", "show", "--", "-v"), 0),
    ],
)
def test_v_may_stand_anywhere_and_more_than_once(
    runtime: FakeRuntime, args: tuple[str, ...], verbosity: int
) -> None:
    drive(runtime, *args)

    assert runtime.verbosity == verbosity


@pytest.mark.parametrize(
    ("args", "ran"),
    [
        (("config", "check"), ["armature config check"]),
        (("openapi",), ["armature openapi"]),
        (("serve",), []),
        (("config", "check", "--help"), []),
        (("config",), []),
        (("--version",), []),
        (("secret",), []),
    ],
)
def test_each_command_is_traced_by_its_own_name(
    runtime: FakeRuntime, args: tuple[str, ...], ran: list[str]
) -> None:
    drive(runtime, *args)

    assert runtime.ran == ran
