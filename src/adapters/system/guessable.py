"""Secrets that somebody else may know, or guess."""

import re
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
    """Whether it has the look of a placeholder, of a pattern that repeats, or of a keyboard's row.

    What remains may be no better; only a generator makes a good one.
    """
    steps = [after - before for before, after in pairwise(secret)]
    return (
        len(set(secret)) < _FEW_BYTES
        or _PLACEHOLDER.search(secret) is not None
        or any(secret[size:] == secret[:-size] for size in range(1, len(secret) // 2 + 1))
        or sum(step in {0, 1} for step in steps) > len(steps) // 2
    )


def has_guessable_password(url: str) -> bool:
    """Whether the password in a URL is its user's name, or one that everybody tries first."""
    user, colon, password = split_url(url).netloc.rpartition("@")[0].partition(":")
    if not colon or not password:
        return False
    return unquote(password).lower() in _COMMON | {unquote(user).lower()}
