"""Parsers from the text of a variable to its value.

Each raises ValueError with what to do instead: a clause that can follow the variable's name and
never repeats the text, which may be a secret.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Final, TypeVar

from application.limits.groups import API, API_USER, AUTH, DEFAULTS, LOGIN, REGISTER, Limits
from application.ports.rate_limiter import Limit
from domain.errors import ValidationFailed
from domain.user.role import KnownRoles, Role

T = TypeVar("T")
W = TypeVar("W", bound=str)

MAX_HITS: Final = 10_000
_MIN_SECRET_BYTES: Final = 32
_MAX_DIGITS: Final = 18
_MAX_NAME: Final = 255
_MAX_AUDIENCES, _MAX_AUDIENCE_CHARACTERS = 16, 1024
_PREFIX: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_NAME: Final = re.compile(r"[!#-+\--\[\]-~]+")
_URI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:.+")
_DURATION: Final = re.compile(r"(\d{1,9})(ms|s|m|h|d)", re.ASCII)
_UNITS: Final = {
    "ms": timedelta(milliseconds=1),
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}
_ROUTE: Final = re.compile(r"(?:GET|POST|PUT|PATCH|DELETE) /[!-~]*")
_LIMIT: Final = re.compile(r"([1-9]\d{0,4})/(\w+)", re.ASCII)


def optional(parse: Callable[[str], T]) -> Callable[[str], T | None]:
    """Read what `parse` reads; None for empty text or a value that is 0."""
    return lambda text: (parse(text) or None) if text else None


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


def parse_duration(text: str) -> timedelta:
    """Read `200ms`, `10s`, `15m`, `1h`, `30d`."""
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ValueError("write a whole number and a unit: 200ms, 10s, 15m, 1h or 30d.")
    return int(match[1]) * _UNITS[match[2]]


def format_duration(value: timedelta) -> str:
    """Write a duration of whole milliseconds in the largest unit that fits it exactly."""
    for name, unit in reversed(_UNITS.items()):
        if value % unit == timedelta(0):
            return f"{value // unit}{name}"
    raise ValueError("a duration is in whole milliseconds.")


def one_of(*words: W) -> Callable[[str], W]:
    """Read one of some words, in any case."""
    known = {str(each): each for each in words}

    def parse(text: str) -> W:
        if text.lower() not in known:
            raise ValueError(f"use one of {', '.join(known)}.")
        return known[text.lower()]

    return parse


def word(text: str) -> str:
    """Read printable text without spaces."""
    if not text.isprintable() or any(char.isspace() for char in text):
        raise ValueError("use text without spaces and control characters.")
    return text


def issuer(text: str) -> str:
    """Read a StringOrURI (RFC 7519 §2), bounded so that a token with it stays readable."""
    is_name = len(text) <= _MAX_NAME and _NAME.fullmatch(text)
    if not is_name or (":" in text and not _URI.fullmatch(text)):
        raise ValueError(
            f"use 1 to {_MAX_NAME} ASCII characters without spaces, commas, quotes and "
            "backslashes; with a colon it is a URI: https://id.example.org."
        )
    return text


def audiences(text: str) -> tuple[str, ...]:
    """Read audiences of tokens (RFC 7519 §4.1.3), separated by commas."""
    if len(text) > _MAX_AUDIENCE_CHARACTERS:
        raise ValueError(f"use at most {_MAX_AUDIENCE_CHARACTERS} characters.")
    names = text.split(",")
    if "" in names:
        raise ValueError("remove the comma that has no name beside it.")
    if len({*names}) < len(names) or len(names) > _MAX_AUDIENCES:
        raise ValueError(f"list at most {_MAX_AUDIENCES} names, each once.")
    return tuple(map(issuer, names))


def key_prefix(text: str) -> str:
    """Read a prefix of Redis keys: bounded, without separator and without a hash tag's braces."""
    if not _PREFIX.fullmatch(text):
        raise ValueError(
            "use 1 to 64 letters, digits, dots, hyphens and underscores, beginning with a letter "
            "or digit."
        )
    return text


def roles(text: str) -> KnownRoles:
    """Read the names of roles, separated by commas."""
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


def secret(text: str) -> bytes:
    """Read a secret of at least 32 bytes; nothing for empty text."""
    raw = text.encode(errors="surrogateescape")
    if 0 < len(raw) < _MIN_SECRET_BYTES:
        raise ValueError(
            f"use at least {_MIN_SECRET_BYTES} bytes, random ones: `openssl rand -base64 48`."
        )
    return raw


def key_file(text: str) -> str | None:
    """Read the path of a file of keys; None for empty text."""
    if text.lstrip().startswith(("{", "[", "-----")) or not text.isprintable():
        raise ValueError("give the path of a file of keys, not the keys themselves.")
    return text or None


def rate_limits(text: str) -> Limits:
    """Read rate limits, `NAME=HITS/WINDOW` or `NAME=off`, separated by commas.

    A name is a group, or a route such as `GET /api/v1/users/me` (the HTTP driver checks that it
    exists). A name that is missing keeps its default. `auth` sets `login` and `register` unless
    they have their own item, and `api` sets `api-user` likewise.
    """
    given: dict[str, Limit | None] = {}
    for number, item in enumerate(filter(str.strip, text.split(",")), start=1):
        name, equals, value = (part.strip() for part in item.partition("="))
        if not equals:
            raise ValueError(f"item {number}: write NAME=HITS/WINDOW, as in register=5/15m.")
        if name not in DEFAULTS and name != AUTH and not _ROUTE.fullmatch(name):
            raise ValueError(
                f"item {number}: there is no such name. There are {', '.join(DEFAULTS)}, and "
                "routes such as GET /api/v1/users/me."
            )
        if name in given:
            raise ValueError(f"item {number}: this name stood there before.")
        given[name] = _limit(value, number)
    limits = {**DEFAULTS, API_USER: given.get(API, DEFAULTS[API])}
    if AUTH in given:
        limits[LOGIN] = limits[REGISTER] = given.pop(AUTH)
    return {**limits, **given}


def _limit(text: str, number: int) -> Limit | None:
    if text == "off":
        return None
    match = _LIMIT.fullmatch(text)
    try:
        hits, window = (int(match[1]), parse_duration(match[2])) if match else (0, timedelta(0))
    except ValueError:
        hits, window = 0, timedelta(0)
    second = timedelta(seconds=1)
    if not 1 <= hits <= MAX_HITS or not second <= window <= timedelta(days=1) or window % second:
        raise ValueError(
            f"item {number}: write HITS/WINDOW, 1 to {MAX_HITS} hits in whole seconds up to a "
            "day, as in 5/15m, or off."
        )
    return Limit(hits, window // second)
