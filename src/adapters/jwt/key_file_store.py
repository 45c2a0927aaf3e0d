"""Signing key store: reads and atomically rewrites the JWK set file."""

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from adapters.jwt.jwk import make_jwk, read_jwk
from adapters.jwt.key import Key
from adapters.jwt.key_file import Entry, read_key_file, wrong
from application.ports.signing_key_store import SigningKeyStore
from domain.signing.errors import KeysExist
from domain.signing.key import Algorithm, SigningKey
from domain.signing.key_set import KeySet

_TIMES: Final = ("added_at", "promoted_at", "demoted_at")
"""Members of our own, in seconds since 1970; RFC 7517 §4 has others ignore them."""


class KeyFileStore(SigningKeyStore):
    """Replaces the file as a whole, readable by its owner only; a folder is locked meanwhile."""

    def __init__(self, path: Path) -> None:
        # A link stays a link: what it points to is replaced.
        self._path = Path(os.path.realpath(path))

    def make(self, algorithm: Algorithm) -> SigningKey:
        entry = make_jwk(algorithm)
        return _signing_key(entry, read_jwk(entry))

    def create(self, keys: KeySet) -> None:
        with self._failures(), self._locked(make=True):
            if self._path.exists():
                raise KeysExist(f"There are keys in {self._path} already. Rotate them instead.")
            self._write(keys)

    def read(self) -> KeySet:
        file = read_key_file(self._path)
        return KeySet(tuple(map(_signing_key, file.entries, file.keys)))

    def change(self, change: Callable[[KeySet], KeySet]) -> KeySet:
        with self._failures(), self._locked():
            after = change(self.read())
            self._write(after)
        return after

    @contextmanager
    def _locked(self, *, make: bool = False) -> Iterator[None]:
        """Keep other commands out: by the folder, for the file itself is replaced."""
        folder = self._path.parent
        if make:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        elif not self._path.exists():
            read_key_file(self._path)
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
            os.fsync(handle)
        finally:
            os.close(handle)

    @contextmanager
    def _failures(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise wrong(self._path, f"cannot be written: {error.strerror}") from error

    def _write(self, keys: KeySet) -> None:
        content = json.dumps({"keys": [*map(_entry, keys.keys)]}, indent=2) + "\n"
        # One name will do under the lock; what a command that was killed left there goes.
        own = self._path.with_name(f".{self._path.name}.new")
        own.unlink(missing_ok=True)
        handle = os.open(own, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                self._give_to_owner(handle)
                file.write(content)
                file.flush()
                os.fsync(handle)
            own.replace(self._path)
        except BaseException:
            own.unlink(missing_ok=True)
            raise

    def _give_to_owner(self, handle: int) -> None:
        """Leave the file to whose it was: root may rotate the keys of a service."""
        with suppress(FileNotFoundError):
            before = self._path.stat()
            if before.st_uid != os.geteuid():
                os.fchown(handle, before.st_uid, before.st_gid)


def _signing_key(entry: Entry, key: Key) -> SigningKey:
    times = {name: _time(entry.get(name)) for name in _TIMES}
    kept = {name: value for name, value in entry.items() if name not in _TIMES}
    return SigningKey(id=str(key.id), algorithm=Algorithm(key.algorithm), material=kept, **times)


def _entry(key: SigningKey) -> Entry:
    """Write a key with what else its entry held, and only those times that are known."""
    times = {name: getattr(key, name) for name in _TIMES}
    known = {name: int(time.timestamp()) for name, time in times.items() if time is not None}
    return {"kid": key.id, "use": "sig", "alg": key.algorithm.value, **key.material, **known}


def _time(value: object) -> datetime | None:
    """Read seconds since 1970; anything else was not written by us."""
    if type(value) is not int:
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        return None
