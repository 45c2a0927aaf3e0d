"""The file that JWT_KEYS names: a JWK set (RFC 7517 §5) with private keys."""

import json
import os
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from adapters.jwt.jwk import read_jwk
from adapters.jwt.key import Key
from application.invalid_settings import InvalidSettings

MAX_BYTES: Final = 256 * 1024
MAX_KEYS: Final = 32

Entry = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class KeyFile:
    """What the file said: its keys, and the entries that they were read from."""

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
    """Read what the file holds; raises InvalidSettings, never with anything of a key."""
    try:
        entries = _entries(raw)
        keys = tuple(_key(number, entry, known) for number, entry in enumerate(entries, 1))
    except ValueError as error:
        # Without its cause, which may quote what it could not read.
        raise wrong(path, str(error)) from None
    ids = [key.id for key in keys]
    if twice := next((kid for kid in ids if ids.count(kid) > 1), None):
        raise wrong(path, f"has two keys with the `kid` {twice!r}; remove one")
    if not keys[0].jose.is_private:
        raise wrong(
            path,
            "begins with a public key, which cannot sign; put a private key in the first place",
        )
    return KeyFile(keys, entries)


def exposed(path: Path) -> str | None:
    """Tell what to do about a file that others can read; None when they cannot, or it is away.

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


def _entries(raw: bytes) -> tuple[Entry, ...]:
    try:
        content = json.loads(raw)
    except (ValueError, RecursionError):
        raise ValueError("is not JSON; restore it, or make another one") from None
    keys = content.get("keys") if isinstance(content, dict) else None
    if not isinstance(keys, list):
        raise ValueError('is not a JWK set: an object with a list "keys" (RFC 7517)')  # noqa: TRY004 - told like the rest
    if not 0 < len(keys) <= MAX_KEYS:
        raise ValueError(f"has {len(keys)} keys; give it 1 to {MAX_KEYS}")
    return tuple(keys)


def _key(number: int, entry: object, known: Sequence[Key]) -> Key:
    try:
        return read_jwk(entry, known)
    except ValueError as error:
        raise ValueError(f"has a key that cannot be used: number {number} {error}") from None
