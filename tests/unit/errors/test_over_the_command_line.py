"""Every code of the catalogue, as an operator meets it."""

import json

import pytest

from entrypoints.error_catalogue import catalogue
from tests.unit.errors.faults import PLANTED
from tests.unit.errors.over_the_command_line import CLI_FAULTS, PROVOCATIONS, scene_for

ENTRIES = {each.code: each for each in catalogue() if each.exit_code is not None}
CODES = pytest.mark.parametrize("code", ENTRIES)
BUG = "INTERNAL_ERROR"


def test_every_code_is_provoked() -> None:
    """Whoever adds a code says in `over_the_command_line` how an operator gets it."""
    assert {*PROVOCATIONS, *CLI_FAULTS} == set(ENTRIES)
    assert PROVOCATIONS.keys().isdisjoint(CLI_FAULTS)


@CODES
def test_a_code_is_told_to_scripts(code: str) -> None:
    scene, (arguments, stdin) = scene_for(code)

    exit_code, out, err = scene.run((*arguments, "--json"), stdin)

    assert (exit_code, out) == (ENTRIES[code].exit_code, "")
    error = json.loads(err)["error"]
    assert error.pop("code") == code
    assert error.pop("message")
    assert bool(error.pop("errors")) == (code in {"VALIDATION_FAILED", "PASSWORD_TOO_WEAK"})
    # A bug's own words may hold anything; those of a dependency are for the operator.
    has_detail = code in CLI_FAULTS and code != BUG
    assert error == ({"detail": PLANTED} if has_detail else {})


@CODES
def test_a_code_is_told_to_people(code: str) -> None:
    scene, (arguments, stdin) = scene_for(code)

    exit_code, out, err = scene.run(arguments, stdin)

    assert (exit_code, out) == (ENTRIES[code].exit_code, "")
    assert err.startswith("error: ")
    assert "Traceback" not in err
    if code in CLI_FAULTS and code != BUG:
        assert err == f"error: {ENTRIES[code].kind.summary} ({PLANTED})\n"
