import json
import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.jwt.key_file import KeyFileStore
from application.invalid_settings import InvalidSettings
from domain.signing.key import Algorithm
from domain.signing.key_set import LEAD
from tests.unit.adapters.jwt.keyring import jwk, public, write
from tests.unit.contracts.signing_key_store import NOW, SigningKeyStoreContract, first


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "keys.json"


@pytest.fixture
def store(path: Path) -> KeyFileStore:
    return KeyFileStore(path)


class TestKeyFileStore(SigningKeyStoreContract):
    """On files."""


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_file_is_for_its_owner_only_whatever_it_was_before(
    store: KeyFileStore, path: Path
) -> None:
    store.create(first(store))
    assert mode(path) == 0o600

    path.chmod(0o644)
    store.change(lambda keys: keys)

    assert mode(path) == 0o600
    assert mode(path.parent) == 0o700


def test_nothing_else_is_left_in_the_folder(store: KeyFileStore, path: Path) -> None:
    store.create(first(store))
    # What a command that was killed in the middle leaves.
    (path.parent / ".keys.json.new").write_text("half")

    store.change(lambda keys: keys)

    assert [each.name for each in path.parent.iterdir()] == ["keys.json"]


def test_a_failed_write_leaves_the_file_and_no_other(
    store: KeyFileStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.create(first(store))
    before = path.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InvalidSettings, match=r"^JWT_KEYS: .*No space left"):
        store.change(lambda keys: keys)

    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == ["keys.json"]


def test_a_reader_sees_the_old_file_or_the_new_one(store: KeyFileStore, path: Path) -> None:
    store.create(first(store))
    with path.open("rb") as before:
        store.change(lambda keys: keys.announced(store.make(Algorithm.ES256), NOW))

        assert len(json.load(before)["keys"]) == 1
    assert len(json.loads(path.read_text())["keys"]) == 2


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    write(tmp_path / "real.json", jwk())
    link = tmp_path / "link.json"
    link.symlink_to("real.json")
    store = KeyFileStore(link)

    store.change(lambda keys: keys.announced(store.make(Algorithm.ES256), NOW))

    assert link.is_symlink()
    assert len(json.loads((tmp_path / "real.json").read_text())["keys"]) == 2


def test_what_else_an_entry_holds_is_kept(tmp_path: Path) -> None:
    path = write(tmp_path / "keys.json", jwk(x5t="abc", added_at="long ago"), public(jwk(number=1)))
    store = KeyFileStore(path)

    store.change(lambda keys: keys.announced(store.make(Algorithm.ES256), NOW).promoted(NOW + LEAD))

    new, old, other = json.loads(path.read_text())["keys"]
    assert old == {**jwk(x5t="abc"), "demoted_at": int((NOW + LEAD).timestamp())}
    assert other == public(jwk(number=1))
    assert new["alg"] == "ES256"


def test_the_owner_of_the_file_keeps_it_when_root_rotates(
    store: KeyFileStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.create(first(store))
    given: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "fchown", lambda _, *owner: given.append(owner))
    mine = path.stat()
    monkeypatch.setattr(os, "geteuid", lambda: mine.st_uid + 1)

    store.change(lambda keys: keys)

    assert given == [(mine.st_uid, mine.st_gid)]


def test_no_id_looks_like_an_option(store: KeyFileStore, monkeypatch: pytest.MonkeyPatch) -> None:
    from joserfc.jwk import OKPKey

    names = iter(["-v", "--", "fine", "fine"])
    monkeypatch.setattr(OKPKey, "thumbprint", lambda _: next(names))

    assert store.make(Algorithm.EDDSA).id == "fine"


def test_a_key_hides_its_material(store: KeyFileStore) -> None:
    key = replace(store.make(Algorithm.EDDSA), added_at=NOW)

    assert str(key.material["d"]) not in repr(key)
