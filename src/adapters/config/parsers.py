"""Parsers from the text of a variable to its value.

Each parser raises ValueError with what to do instead, a clause that can follow the variable's
name and that never repeats the text.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from typing import TypeVar

from adapters.config.durations import format_duration, parse_duration
from domain.errors import ValidationFailed
from domain.user.role import KnownRoles, Role

E = TypeVar("E", bound=StrEnum)

MIN_SECRET_BYTES = 32
_HOST_PATTERN = re.compile(r"\*|(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|[0-9a-f:.]*:[0-9a-f:.]*")
_PREFIX_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_MAX_DIGITS = 18
_MAX_NAME = 255
_MAX_AUDIENCES, _MAX_AUDIENCE_CHARACTERS = 16, 1024
_NAME = re.compile(r"[!#-+\--\[\]-~]+")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:.+")
_MAX_HOST = 255


def integer(low: int, high: int, because: str = "") -> Callable[[str], int]:
    """Read a whole number from `low` to `high`."""

    def parse(text: str) -> int:
        digits = text.isascii() and text.isdecimal() and len(text) <= _MAX_DIGITS
        if not digits or not low <= int(text) <= high:
            raise ValueError(f"use a whole number from {low} to {high}{because}.")
        return int(text)

    return parse


def duration(low: timedelta, high: timedelta) -> Callable[[str], timedelta]:
    """Read a duration from `low` to `high`."""

    def parse(text: str) -> timedelta:
        value = parse_duration(text)
        if not low <= value <= high:
            raise ValueError(f"use {format_duration(low)} to {format_duration(high)}.")
        return value

    return parse


def one_of(kind: type[E]) -> Callable[[str], E]:
    """Read a word of an enumeration, in any case."""

    def parse(text: str) -> E:
        try:
            return kind(text.lower())
        except ValueError:
            raise ValueError(f"use one of {', '.join(kind)}.") from None

    return parse


def word(text: str) -> str:
    """Read text without spaces or anything unseen."""
    if not text.isprintable() or any(char.isspace() for char in text):
        raise ValueError("use text without spaces and control characters.")
    return text


def issuer(text: str) -> str:
    """Read a StringOrURI (RFC 7519 §2), so short that a token with it is one that we read."""
    is_name = len(text) <= _MAX_NAME and _NAME.fullmatch(text)
    if not is_name or (":" in text and not _URI.fullmatch(text)):
        raise ValueError(
            f"use 1 to {_MAX_NAME} ASCII characters without spaces, commas, quotes and "
            "backslashes; with a colon it is a URI: https://id.example.org."
        )
    return text


def key_prefix(text: str) -> str:
    """Read what key names begin with: bounded, without a separator or a hash tag's braces."""
    if not _PREFIX_PATTERN.fullmatch(text):
        raise ValueError(
            "use 1 to 64 letters, digits, dots, hyphens and underscores, beginning with a letter "
            "or digit."
        )
    return text


def audiences(text: str) -> tuple[str, ...]:
    """Read names of who tokens are for, with commas between them (RFC 7519 §4.1.3)."""
    if len(text) > _MAX_AUDIENCE_CHARACTERS:
        raise ValueError(f"use at most {_MAX_AUDIENCE_CHARACTERS} characters.")
    names = text.split(",")
    if "" in names:
        raise ValueError("remove the comma that has no name beside it.")
    if len({*names}) < len(names) or len(names) > _MAX_AUDIENCES:
        raise ValueError(f"list at most {_MAX_AUDIENCES} names, each once.")
    return tuple(map(issuer, names))


def roles(text: str) -> KnownRoles:
    """Read the names of the roles that exist, with commas between them."""
    names = text.split(",", KnownRoles.MAX)
    if len(names) > KnownRoles.MAX:
        raise ValueError(f"list at most {KnownRoles.MAX} roles.")
    try:
        return KnownRoles(frozenset(Role.parse(name.strip()) for name in names))
    except ValidationFailed:
        raise ValueError(
            "list roles with commas between them, each of 1 to 32 lower-case letters, digits, "
            "- or _, a letter first: admin,editor."
        ) from None


def hosts(text: str) -> tuple[str, ...]:
    """Read host names with commas between them; `*.example.org` stands for all below it."""
    names = tuple(name.strip().lower() for name in text.split(",") if name.strip())
    if not all(len(name) <= _MAX_HOST and _HOST_PATTERN.fullmatch(name) for name in names):
        raise ValueError(
            "list host names with commas between them, without scheme, port and path: "
            "api.example.org,*.example.org."
        )
    return names


def secret(text: str) -> bytes:
    """Read a secret of 32 bytes at least."""
    raw = text.encode(errors="surrogateescape")
    if 0 < len(raw) < MIN_SECRET_BYTES:
        raise ValueError(
            f"use at least {MIN_SECRET_BYTES} bytes, random ones: `openssl rand -base64 48`."
        )
    return raw


def key_file(text: str) -> str | None:
    """Read the path of a file of keys; None where there is none."""
    if text.lstrip().startswith(("{", "[", "-----")) or not text.isprintable():
        raise ValueError("give the path of a file of keys, not the keys themselves.")
    return text or None
