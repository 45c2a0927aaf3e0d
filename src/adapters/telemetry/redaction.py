"""Redaction of secrets in log fields (OWASP Logging Cheat Sheet)."""

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import lru_cache
from typing import Final

REDACTED: Final = "[redacted]"
MAX_DEPTH: Final = 12
"""How deep a value is looked into; what lies deeper is not written at all."""

_NAMES: Final = re.compile(
    r"pass(word|wd|phrase)?$|_pass(word)?|passwords?|secret|credential|authori[sz]ation|cookie"
    r"|^token$|(access|refresh|csrf|bearer|id|auth|api|session).?token|tokens$|jwt"
    r"|(api|private|signing|secret|encryption|access).?key|^keys?$|csrf|fingerprint|digest|hash$"
    r"|^dsn$|conninfo",
    re.IGNORECASE,
)
"""Names of what is secret, wherever it is a key, a field or a parameter."""

_WORDS: Final = r"(?:passw(?:or)?d|secret|token|api_?key|authorization|cookie|csrf)"

_IN_TEXT: Final = tuple(
    (re.compile(pattern, re.IGNORECASE | re.DOTALL), replacement)
    for pattern, replacement in (
        # A JWT, complete or cut off behind its header (RFC 7519).
        (r"\beyJ[A-Za-z0-9_-]{5,}(\.[A-Za-z0-9_-]*){0,4}", REDACTED),
        # Authorization: Bearer ..., Basic ...
        (r"\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{6,}", rf"\1 {REDACTED}"),
        # scheme://user:password@host, found by its middle: what stands before may be long.
        (r"(://[^\s/:@]*):[^\s/@]+@", rf"\1:{REDACTED}@"),
        # A PHC string (argon2, scrypt) or a bcrypt hash.
        (r"\$(argon2(id|i|d)|scrypt|2[abxy])\$[^\s\"']+", REDACTED),
        # password=..., "refresh_token": "..."
        (rf"({_WORDS}[\"']?\s*[=:]\s*)(\"[^\"]*\"|'[^']*'|[^\s,;&\"')}}\]]+)", rf"\1{REDACTED}"),
        # PEM (RFC 7468)
        (
            r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(-----END [A-Z ]*PRIVATE KEY-----|\Z)",
            REDACTED,
        ),
    )
)


_TRACES: Final = (
    *("eyj", "bearer", "basic", "://", "$argon2", "$scrypt", "$2", "-----b"),
    *("pass", "secret", "token", "key", "authori", "cookie", "csrf"),
)
"""Lower-case substrings; text with a secret has one of them. A quick test before the patterns."""


def redact(value: object, name: str = "") -> object:
    """Give `value` without what is secret; `name` is what it is called where it stands.

    Mappings, sequences, sets, dataclasses and structs become plain ones; bytes are read as text.
    """
    return _redact(value, name, MAX_DEPTH)


def _redact(value: object, name: str, depth: int) -> object:
    if value is None or (isinstance(value, bool | int | float) and not _is_secret(name)):
        return value
    if _is_secret(name):
        return REDACTED
    if isinstance(value, str):
        return redact_text(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return redact_text(bytes(value).decode("utf-8", errors="replace"))
    if depth == 0:
        return REDACTED
    return _inside(value, depth - 1)


def _inside(value: object, depth: int) -> object:
    if isinstance(value, Mapping):
        return {_key(key): _redact(each, str(key), depth) for key, each in tuple(value.items())}
    if isinstance(value, tuple | list | set | frozenset):
        if _is_pair(value):
            # A header as libraries keep it: a name and its value.
            return [value[0], _redact(value[1], str(_text(value[0])), depth)]  # type: ignore[index]
        return [_redact(each, "", depth) for each in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _redact(getattr(value, f.name), f.name, depth) for f in fields(value)}
    if names := getattr(type(value), "__struct_fields__", None):
        return {each: _redact(getattr(value, each), each, depth) for each in names}
    return redact_text(str(value))


def redact_text(text: str) -> str:
    """Return text without secrets that match a pattern."""
    lower = text.lower()
    for trace in _TRACES:  # A plain loop: this is on every line's way, three times faster than any.
        if trace in lower:
            return _searched(text)
    return text


def _searched(text: str) -> str:
    for pattern, replacement in _IN_TEXT:
        text = pattern.sub(replacement, text)
    return text


def _key(key: object) -> object:
    return redact_text(key) if isinstance(key, str) else key


@lru_cache(maxsize=4096)
def _is_secret(name: str) -> bool:
    return bool(name) and _NAMES.search(name) is not None


def _is_pair(value: object) -> bool:
    return (
        isinstance(value, tuple | list)
        and len(value) == 2  # noqa: PLR2004 - a pair
        and isinstance(value[0], str | bytes)
        and isinstance(value[1], str | bytes)
    )


def _text(value: object) -> object:
    return value.decode("latin-1") if isinstance(value, bytes) else value
