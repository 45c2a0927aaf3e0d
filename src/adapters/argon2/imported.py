"""Hashes that other systems made: which can be taken over, and how they are verified.

Beside the hasher of this service, as they are verified on its threads, within its bounds.
"""

import re
from typing import Final

import bcrypt

from adapters.argon2.parameters import Parameters

# Version 2 was broken, and 2x marks hashes of an implementation that was (crypt_blowfish 1.1).
# The last character of the salt has 2 bits of it, that of the digest 4; the others are padding,
# and a library that is given any there would raise, or compare something else.
_BCRYPT: Final = re.compile(
    r"\$2[aby]\$(?P<cost>\d\d)\$[./A-Za-z0-9]{21}[.Oeu][./A-Za-z0-9]{30}[.CGKOSWaeimquy26]",
    re.ASCII,
)
_ARGON2I: Final = "$argon2i$"
_ARGON2ID: Final = "$argon2id$"

MIN_COST, MAX_COST = 4, 14
"""bcrypt's; one more is twice the time, and 14 takes a second of a core."""
MAX_MEMORY, MAX_PASSES, MAX_WORK, MAX_LANES = 262_144, 16, 1_048_576, 16
"""Argon2's: KiB, passes, KiB that all passes write together, lanes; about a second of a core."""

_COST: Final = re.compile(r"\bm=(?P<m>\d{1,18}),t=(?P<t>\d{1,18}),p=(?P<p>\d{1,18})\b", re.ASCII)
_CHEAP: Final = "m=1024,t=1,p=1"
_UNREADABLE: Final = (
    "Give a hash of bcrypt ($2a$, $2b$, $2y$) or Argon2 ($argon2id$v=19$, $argon2i$)."
)
_EXPENSIVE: Final = (
    f"An Argon2 hash has at most m={MAX_MEMORY}, t={MAX_PASSES}, p={MAX_LANES},"
    f" and m times t is at most {MAX_WORK}."
)

MAX_BYTES: Final = 72
"""So much of a password bcrypt looks at; those who made its hashes cut off the rest in silence."""


def argon2_of(stored: str) -> Parameters | None:
    """Read what Argon2id or Argon2i made, None when it is neither."""
    if stored.startswith(_ARGON2I):
        stored = _ARGON2ID + stored.removeprefix(_ARGON2I)
    return Parameters.of_encoded(stored)


def is_argon2i(stored: str) -> bool:
    return stored.startswith(_ARGON2I)


def is_bcrypt(stored: str) -> bool:
    """Whether it is a hash of bcrypt, of a cost that a log-in can bear."""
    match = _BCRYPT.fullmatch(stored)
    return match is not None and MIN_COST <= int(match["cost"]) <= MAX_COST


def objection(stored: str, live: Parameters) -> str | None:
    """Tell why this cannot be taken over, None when it can; `live` parameters always can."""
    if is_bcrypt(stored):
        return None
    if _BCRYPT.fullmatch(stored):
        return f"The cost of a bcrypt hash is {MIN_COST} to {MAX_COST}."
    found = argon2_of(stored)
    if found == live:
        return None
    said = [_EXPENSIVE] if _is_expensive(stored) else []
    if found is None and (not said or argon2_of(_COST.sub(_CHEAP, stored)) is None):
        said.insert(0, _UNREADABLE)
    return " ".join(said) or None


def matches_bcrypt(encoded: str, secret: bytes) -> bool:
    """Verify as those did who made the hash: by the first 72 bytes."""
    return bcrypt.checkpw(secret[:MAX_BYTES], encoded.encode())


def _is_expensive(stored: str) -> bool:
    """Whether this asks for too much, be it right otherwise or not."""
    match = _COST.search(stored)
    if match is None:
        return False
    memory, passes, lanes = (int(match[name]) for name in ("m", "t", "p"))
    is_too_large = memory > MAX_MEMORY or passes > MAX_PASSES or lanes > MAX_LANES
    return is_too_large or memory * passes > MAX_WORK
