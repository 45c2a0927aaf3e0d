import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.jwt.key_file import KeyFileStore
from adapters.memory.fakes import FrozenClock
from application.invalid_settings import InvalidSettings
from application.signing.key_upkeep import KeyUpkeep, upkeep_of
from tests.unit.adapters.jwt.keyring import jwk, write
from tests.unit.entrypoints.cli.driving import FakeRuntime, Outcome, drive

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


class KeysRuntime(FakeRuntime):
    """Keeps a file of keys, on a clock that stands still."""

    clock: FrozenClock

    def key_upkeep(self) -> KeyUpkeep:
        tokens = self.settings().tokens
        if tokens.keys is None:
            raise InvalidSettings(("JWT_KEYS: set it.",))
        return upkeep_of(KeyFileStore(Path(tokens.keys)), self.clock, tokens.access_ttl)

    def override(self, variables: Mapping[str, str]) -> None:
        settings = self.settings()
        self.configuration = replace(
            settings, tokens=replace(settings.tokens, keys=variables["JWT_KEYS"])
        )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys.json"


@pytest.fixture
def runtime(path: Path) -> KeysRuntime:
    runtime = KeysRuntime()
    runtime.clock = FrozenClock(NOON)
    runtime.override({"JWT_KEYS": str(path)})
    return runtime


def keys(runtime: KeysRuntime, *args: str) -> Outcome:
    return drive(runtime, "keys", *args)


def done(runtime: KeysRuntime, *args: str) -> Any:  # noqa: ANN401 - as Outcome.json
    outcome = keys(runtime, *args, "--json")
    assert (outcome.code, outcome.err) == (0, "")
    return outcome.json


def states(runtime: KeysRuntime) -> dict[str, str]:
    return {key["kid"]: key["state"] for key in done(runtime, "list")["keys"]}


def test_the_first_key_signs_at_once(runtime: KeysRuntime, path: Path) -> None:
    made = done(runtime, "generate")["key"]

    assert (made["alg"], made["state"]) == ("EdDSA", "signing")
    assert states(runtime) == {made["kid"]: "signing"}
    assert json.loads(path.read_text())["keys"][0]["kid"] == made["kid"]


def test_keys_that_are_there_are_left_alone(runtime: KeysRuntime, path: Path) -> None:
    done(runtime, "generate")
    before = path.read_bytes()

    outcome = keys(runtime, "generate", "--json")

    assert (outcome.code, outcome.error["code"]) == (8, "KEYS_EXIST")
    assert path.read_bytes() == before


def test_a_rotation_is_two_steps_ten_minutes_apart(runtime: KeysRuntime) -> None:
    old = done(runtime, "generate")["key"]["kid"]
    new = done(runtime, "rotate")["key"]
    assert (new["state"], new["ready_at"]) == ("next", "2026-01-02T12:10:00Z")
    assert states(runtime) == {old: "signing", new["kid"]: "next"}

    early = keys(runtime, "rotate", "--json")
    assert (early.code, early.error["code"]) == (8, "KEY_TOO_NEW")

    runtime.clock.advance(timedelta(minutes=10))
    assert done(runtime, "rotate")["key"]["kid"] == new["kid"]
    assert states(runtime) == {new["kid"]: "signing", old: "verifying"}


def test_a_stolen_key_is_replaced_and_refused_at_once(runtime: KeysRuntime) -> None:
    old = done(runtime, "generate")["key"]["kid"]
    new = done(runtime, "rotate", "--now", "--alg", "ES256")["key"]
    assert (new["alg"], new["state"]) == ("ES256", "signing")

    kept = keys(runtime, "retire", old, "--json")
    assert (kept.code, kept.error["code"]) == (8, "KEY_IN_USE")
    assert "12:25:00Z" in kept.error["message"]
    assert done(runtime, "retire", old, "--force") == {"retired": old}
    assert states(runtime) == {new["kid"]: "signing"}


def test_an_old_key_is_retired_when_its_tokens_are_over(runtime: KeysRuntime) -> None:
    old = done(runtime, "generate")["key"]["kid"]
    done(runtime, "rotate", "--now")

    runtime.clock.advance(timedelta(minutes=25))

    done(runtime, "retire", old)
    assert old not in states(runtime)


@pytest.mark.parametrize("force", [(), ("--force",)])
def test_the_signing_key_stays(runtime: KeysRuntime, force: tuple[str, ...]) -> None:
    only = done(runtime, "generate")["key"]["kid"]

    outcome = keys(runtime, "retire", only, *force, "--json")

    assert (outcome.code, outcome.error["code"]) == (8, "KEY_IN_USE")


def test_an_unknown_key_is_not_found(runtime: KeysRuntime) -> None:
    done(runtime, "generate")

    assert keys(runtime, "retire", "nobody").code == 7


def test_a_key_that_waits_keeps_its_algorithm(runtime: KeysRuntime) -> None:
    done(runtime, "generate")
    done(runtime, "rotate")

    outcome = keys(runtime, "rotate", "--alg", "RS256", "--json")

    assert (outcome.code, outcome.error["errors"][0]["field"]) == (4, "algorithm")


def test_a_person_is_told_what_to_do_next(runtime: KeysRuntime, path: Path) -> None:
    assert f"JWT_KEYS={path}" in keys(runtime, "generate").err
    assert "at 2026-01-02 12:10:00Z or later" in keys(runtime, "rotate").err
    assert "until it is retired" in keys(runtime, "rotate", "--now").err
    assert "SIGNED UNTIL" in keys(runtime, "list").out


def test_another_file_may_be_named(runtime: KeysRuntime, tmp_path: Path) -> None:
    other = tmp_path / "folder" / "other.json"

    done(runtime, "generate", "--file", str(other))

    assert other.exists()


def test_no_command_prints_a_key(runtime: KeysRuntime, path: Path) -> None:
    outcomes = [keys(runtime, *words.split()) for words in ("generate", "rotate", "list")]

    for key in json.loads(path.read_text())["keys"]:
        assert all(key["d"] not in outcome.out + outcome.err for outcome in outcomes)


@pytest.mark.parametrize("words", ["rotate", "list", "retire x"])
def test_a_file_that_cannot_be_used_is_an_error_of_the_configuration(
    runtime: KeysRuntime, path: Path, words: str
) -> None:
    assert "`armature keys generate`" in keys(runtime, *words.split()).err

    write(path, jwk(use="enc"))

    assert keys(runtime, *words.split()).code == 4


def test_an_algorithm_that_does_not_exist_is_wrong_usage(runtime: KeysRuntime) -> None:
    assert keys(runtime, "generate", "--alg", "none").code == 2
    assert keys(runtime, "generate", "--alg", "HS256").code == 2
