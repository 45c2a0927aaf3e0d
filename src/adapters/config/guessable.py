"""Check for secrets that can be guessed: examples from documentation, short or repetitive ones."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final
from urllib.parse import unquote

from application.url import split_url

_PLACEHOLDER: Final = re.compile(
    rb"change.?(me|it|this)|your.{0,16}secret|example|placeholder|default|insecure|password"
    rb"|secret.?key|replace",
    re.IGNORECASE,
)
_FEW_BYTES: Final = 8
_COMMON: Final = frozenset(
    {
        *("admin", "armature", "changeme", "default", "example", "pass", "passw0rd", "password"),
        *("postgres", "redis", "root", "secret", "test", "123456", "12345678"),
    }
)


def is_guessable(secret: bytes) -> bool:
    """Whether a secret looks like a placeholder, a repeated pattern or a sequence.

    Others may be weak as well; only a generator makes a good one.
    """
    steps = [after - before for before, after in pairwise(secret)]
    return (
        len(set(secret)) < _FEW_BYTES
        or _PLACEHOLDER.search(secret) is not None
        or any(secret[size:] == secret[:-size] for size in range(1, len(secret) // 2 + 1))
        or sum(step in {0, 1} for step in steps) > len(steps) // 2
    )


def has_guessable_password(url: str) -> bool:
    """Whether a password in a URL is among the commonest, or the user's, host's or database's name.

    Digits and punctuation at its end make no difference.
    """
    parts = split_url(url)
    passwords = passwords_of(url)
    hosts = parts.netloc.rpartition("@")[2].split(",")
    beside = {
        *(host.partition(":")[0] for host in hosts),
        *(unquote(each) for each in parts.path.split("/")),
        *users_of(url),
    }
    known = _COMMON | {each.lower() for each in beside if each}
    return any(
        password.lower() in known or _stem(password) in known or _repeats(password)
        for password in passwords
    )


def passwords_of(url: str) -> tuple[str, ...]:
    """List every password in a URL: before its host, and in parameters (libpq's and Redis')."""
    userinfo = split_url(url).netloc.rpartition("@")[0]
    return _filled(userinfo.partition(":")[2], *_parameters(url, "password", "pass", "pwd"))


def users_of(url: str) -> tuple[str, ...]:
    userinfo = split_url(url).netloc.rpartition("@")[0]
    return _filled(userinfo.partition(":")[0], *_parameters(url, "user", "username", "dbname"))


def _parameters(url: str, *endings: str) -> Iterator[str]:
    for item in split_url(url).query.split("&"):
        name, _, value = item.partition("=")
        if unquote(name).lower().endswith(endings):
            yield value


def _filled(*texts: str) -> tuple[str, ...]:
    return tuple(unquote(text) for text in texts if text)


def _stem(password: str) -> str:
    """Strip what people add when a word alone was refused."""
    return password.lower().rstrip("0123456789!?.-_*#$")


def _repeats(password: str) -> bool:
    return len(password) > 1 and len({*password}) == 1
