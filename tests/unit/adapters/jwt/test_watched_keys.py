import json
import logging
from pathlib import Path

import pytest

from adapters.jwt import key_file, watched_keys
from adapters.jwt.keys import SecretKey
from adapters.jwt.watched_keys import WatchedKeys
from application.invalid_settings import InvalidSettings
from application.settings import TokenSettings
from domain.signing.key import Algorithm
from tests.unit.adapters.jwt.keyring import jwk, public, write, write_text
from tests.unit.contracts.published_keys import PublishedKeysContract

OLD, NEW, THIRD = (jwk(number=number) for number in range(3))
TICK = 1.0


class Stopwatch:
    """A clock that stands still until it is told to go on."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Stopwatch:
    return Stopwatch()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write(tmp_path / "keys.json", OLD)


@pytest.fixture
def keys(path: Path, clock: Stopwatch) -> WatchedKeys:
    return WatchedKeys(path, clock=clock)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Every time that the file is read."""
    heard: list[Path] = []
    read = key_file.read_bytes

    def counted(path: Path) -> bytes:
        heard.append(path)
        return read(path)

    monkeypatch.setattr(watched_keys, "read_bytes", counted)
    return heard


class TestWatchedKeys(PublishedKeysContract):
    @pytest.fixture
    def published(self, tmp_path: Path) -> WatchedKeys:
        return WatchedKeys(write(tmp_path / "all.json", *map(jwk, Algorithm)))


class TestSecretKey(PublishedKeysContract):
    @pytest.fixture
    def published(self) -> SecretKey:
        return SecretKey(TokenSettings(secret=bytes(range(32))))


async def test_a_secret_publishes_nothing() -> None:
    assert await SecretKey(TokenSettings(secret=bytes(range(32)))).published() == ()


async def test_all_keys_are_published_in_order(tmp_path: Path) -> None:
    listed = [jwk(algorithm) for algorithm in Algorithm]
    keys = WatchedKeys(write(tmp_path / "all.json", *listed))

    assert [key.id for key in await keys.published()] == [each["kid"] for each in listed]


def test_a_changed_file_is_taken_up_within_a_second(
    keys: WatchedKeys, path: Path, clock: Stopwatch
) -> None:
    write(path, NEW, OLD)

    assert keys.signing().id == OLD["kid"]
    clock.now += TICK
    assert keys.signing().id == NEW["kid"]
    assert keys.find(OLD["kid"]) is not None


def test_a_retired_key_is_forgotten_within_a_second(path: Path, clock: Stopwatch) -> None:
    keys = WatchedKeys(write(path, NEW, OLD), clock=clock)
    write(path, NEW)

    clock.now += TICK

    assert keys.find(OLD["kid"]) is None


def test_an_unchanged_file_is_not_read_again(
    keys: WatchedKeys, clock: Stopwatch, reads: list[Path]
) -> None:
    for _ in range(10):
        clock.now += TICK
        keys.signing()

    assert reads == []


def test_an_unknown_key_is_looked_for_at_once_and_then_once_a_second(
    keys: WatchedKeys, path: Path, clock: Stopwatch, reads: list[Path]
) -> None:
    write(path, NEW, OLD)

    assert keys.find(NEW["kid"]) is not None
    for number in range(100):
        assert keys.find(f"made up {number}") is None
    assert len(reads) == 1

    clock.now += TICK - 0.001
    keys.find("made up")
    assert len(reads) == 1
    clock.now += 0.001
    keys.find("made up")
    # The look at the file that was due, and the search.
    assert len(reads) <= 3


@pytest.mark.parametrize("kid", [None, 1, True, ["a"], {"a": 1}, 1.5])
def test_what_is_no_text_is_not_even_looked_for(
    keys: WatchedKeys, kid: object, reads: list[Path]
) -> None:
    assert keys.find(kid) is None
    assert reads == []


LOW = public(jwk(number=1, x="AQ" + "A" * 41))
"""The identity of Ed25519, for which anybody can sign."""


@pytest.mark.parametrize("raw", [b"", b"\n"])
def test_an_empty_file_is_no_keys(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "keys.json").write_bytes(raw)

    with pytest.raises(InvalidSettings, match="is empty"):
        WatchedKeys(tmp_path / "keys.json")


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", '{"keys": []}', '{"keys": [{"kty": "oct", "k": "eA"}]}', "\ufeff{}"),
        json.dumps({"keys": [NEW, LOW]}),
        json.dumps({"keys": [{**NEW, "key_ops": ["verify"]}]}),
    ],
)
def test_a_broken_file_changes_nothing_and_is_told_once(
    keys: WatchedKeys, path: Path, clock: Stopwatch, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    write_text(path, text)

    for _ in range(3):
        clock.now += TICK
        assert keys.signing().id == OLD["kid"]
        assert keys.find("made up") is None

    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert record.getMessage().startswith(f"JWT_KEYS: {path} ")


def test_a_file_that_is_gone_changes_nothing_and_one_that_is_back_is_taken(
    keys: WatchedKeys, path: Path, clock: Stopwatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    path.unlink()
    for _ in range(3):
        clock.now += TICK
        assert keys.signing().id == OLD["kid"]
    write(path, NEW)
    clock.now += TICK

    assert keys.signing().id == NEW["kid"]
    assert [record.levelno for record in caplog.records] == [logging.ERROR, logging.INFO]


def test_a_key_that_stays_is_not_read_anew(
    path: Path, clock: Stopwatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    rsa = jwk(Algorithm.RS256)
    keys = WatchedKeys(write(path, rsa), clock=clock)
    before = keys.signing().jose
    write(path, NEW, {**rsa, "demoted_at": 1})
    clock.now += TICK

    assert keys.signing().id == NEW["kid"]
    found = keys.find(rsa["kid"])
    assert found is not None
    assert found.jose is before


def test_in_production_a_file_that_others_can_read_is_refused(
    path: Path, clock: Stopwatch, caplog: pytest.LogCaptureFixture
) -> None:
    keys = WatchedKeys(path, strict=True, clock=clock)
    write(path, NEW)
    path.chmod(0o644)
    clock.now += TICK
    assert keys.signing().id == OLD["kid"]

    with pytest.raises(InvalidSettings, match="chmod 600"):
        WatchedKeys(path, strict=True)

    path.chmod(0o600)
    clock.now += TICK
    assert keys.signing().id == NEW["kid"]
    assert [each.levelname for each in caplog.records if each.levelno > logging.INFO] == ["ERROR"]
