"""JWK set file of `JWT_KEYS` (RFC 7517 §5): parser, and store for operators' commands."""

import codecs
import fcntl
import json
import os
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from math import gcd
from pathlib import Path
from typing import Final

from adapters.jwt.jwk import make_jwk, read_jwk
from adapters.jwt.keys import Key
from application.invalid_settings import InvalidSettings
from application.ports.signing_key_store import SigningKeyStore
from domain.signing.errors import KeysExist
from domain.signing.key import Algorithm, SigningKey
from domain.signing.key_set import KeySet

MAX_BYTES: Final = 256 * 1024
MAX_KEYS: Final = 32
_SHOWN: Final = 64
"""Characters of a name that a message repeats."""
_MAX_DIGITS: Final = 18
_BYTE_ORDER_MARKS: Final = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

Entry = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class KeyFile:
    """Content of the file: its keys, and the entries that they were read from."""

    keys: tuple[Key, ...]
    entries: tuple[Entry, ...]


def read_key_file(path: Path, known: Sequence[Key] = ()) -> KeyFile:
    """Read the keys; raises InvalidSettings with the one thing to do about it."""
    return parse(path, read_bytes(path), known)


def read_bytes(path: Path) -> bytes:
    """Read the file whole; raises InvalidSettings."""
    try:
        # Without O_NONBLOCK, opening a pipe waits until somebody writes to it.
        with open(path, "rb", opener=lambda p, flags: os.open(p, flags | os.O_NONBLOCK)) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise wrong(path, "is not a regular file")
            raw = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise wrong(path, "is not there; `armature keys generate` makes it") from None
    except OSError as error:
        raise wrong(path, f"cannot be read: {error.strerror}") from None
    if len(raw) > MAX_BYTES:
        raise wrong(path, f"has more than {MAX_BYTES} bytes, which is no file of keys")
    return raw


def parse(path: Path, raw: bytes, known: Sequence[Key] = ()) -> KeyFile:
    """Parse the content of the file; raises InvalidSettings, whose message quotes no key."""
    try:
        entries = _entries(raw)
        keys = tuple(_key(number, entry, known) for number, entry in enumerate(entries, 1))
    except ValueError as error:
        # Without its cause, which may quote what it could not read.
        raise wrong(path, str(error)) from None
    if problem := _clash(keys):
        raise wrong(path, problem)
    if not keys[0].jose.is_private:
        raise wrong(
            path,
            "begins with a public key, which cannot sign; put a private key in the first place",
        )
    return KeyFile(keys, entries)


def exposed(path: Path) -> str | None:
    """Return what to do about a file that others can read; None if they cannot, or it is missing.

    A group may read a file of another owner: so do orchestrators hand secrets to a service.
    """
    try:
        info = path.stat()
    except OSError:
        return None
    ours = info.st_uid == os.geteuid()
    if not info.st_mode & (stat.S_IRWXO | (stat.S_IRWXG if ours else 0)):
        return None
    return f"JWT_KEYS: others than its owner can read {path}; `chmod 600` it."


def wrong(path: Path, what: str) -> InvalidSettings:
    return InvalidSettings((f"JWT_KEYS: {path} {what}.",))


def _clash(keys: Sequence[Key]) -> str | None:
    """Give what is wrong with keys that are right, each by itself."""
    for number, key in enumerate(keys):
        for other in keys[:number]:
            if other.id == key.id:
                return f"has two keys with the `kid` {key.id!r}; remove one"
            if other.public and key.public and other.public.parameters == key.public.parameters:
                return f"has one key twice, as {other.id!r} and {key.id!r}; remove one"
            if other.modulus and key.modulus and gcd(other.modulus, key.modulus) != 1:
                return (
                    f"has RSA keys with a prime in common, {other.id!r} and {key.id!r}: anybody "
                    "can factor both; make new ones"
                )
    return None


def _entries(raw: bytes) -> tuple[Entry, ...]:
    if not raw.strip():
        raise ValueError("is empty; restore it, or remove it and run `armature keys generate`")
    if raw.startswith(_BYTE_ORDER_MARKS) or b"\0" in raw:
        raise ValueError("is not plain UTF-8; save it as UTF-8, without a byte-order mark")
    try:
        content = json.loads(
            raw.decode(),
            object_pairs_hook=_members,
            parse_constant=_no_constant,
            parse_int=_whole,
        )
    except UnicodeDecodeError:
        raise ValueError("is not UTF-8; save it as UTF-8") from None
    except (json.JSONDecodeError, RecursionError):
        raise ValueError("is not JSON; restore it, or make another one") from None
    keys = content.get("keys") if isinstance(content, dict) else None
    if not isinstance(keys, list):
        raise ValueError('is not a JWK set: an object with a list "keys" (RFC 7517)')  # noqa: TRY004 - told like the rest
    if not 0 < len(keys) <= MAX_KEYS:
        raise ValueError(f"has {len(keys)} keys; give it 1 to {MAX_KEYS}")
    return tuple(keys)


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Refuse an object that has a member twice: readers differ in which of them counts."""
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in members if names.count(name) > 1)
        raise ValueError(f"has an object with two members {twice[:_SHOWN]!r}; remove one")
    return members


def _whole(text: str) -> int:
    if len(text) > _MAX_DIGITS:
        raise ValueError("has a whole number of too many digits")
    return int(text)


def _no_constant(_: str) -> object:
    raise ValueError("has NaN or Infinity, which JSON does not have (RFC 8259)")


def _key(number: int, entry: object, known: Sequence[Key]) -> Key:
    kid = entry.get("kid") if isinstance(entry, dict) else None
    named = f" ({kid[:_SHOWN]!r})" if isinstance(kid, str) else ""
    try:
        return read_jwk(entry, known)
    except ValueError as error:
        problem = f"has a key that cannot be used: number {number}{named} {error}"
        raise ValueError(problem) from None


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
