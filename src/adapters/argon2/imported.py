"""Imported password hashes (bcrypt, foreign Argon2): which are accepted, and their verification.

Beside the hasher of this service, as they are verified on its threads, within its bounds.
"""

import re
from math import ceil
from typing import Final

import bcrypt

from adapters.argon2.parameters import Parameters
from application.ports.password_hasher import IMPORT_FACTOR

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
MAX_LANES: Final = 16
_BCRYPT_WORK: Final = 100
"""What one of 2^cost rounds takes, in KiB that Argon2 fills in a pass: 69 us to 0.7 us."""

_COST: Final = re.compile(r"\bm=(?P<m>\d{1,18}),t=(?P<t>\d{1,18}),p=(?P<p>\d{1,18})\b", re.ASCII)
_CHEAP: Final = "m=1024,t=1,p=1"
_UNREADABLE: Final = (
    "Give a hash of bcrypt ($2a$, $2b$, $2y$) or Argon2 ($argon2id$v=19$, $argon2i$)."
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


def weight(stored: str, live: Parameters) -> int | None:
    """Give how many live hashes it costs to verify, in memory or in time, whichever is more.

    0 is one with the live parameters itself; None is what cannot be verified.
    """
    if is_bcrypt(stored):
        return max(1, ceil(_bcrypt_work(_cost_of(stored)) / live.work))
    found = argon2_of(stored)
    if found is None:
        return None
    if found.cost == live.cost and not is_argon2i(stored):
        return 0
    return max(1, ceil(found.memory / live.memory), ceil(found.work / live.work))


def objection(stored: str, live: Parameters) -> str | None:
    """Return why a hash cannot be imported, None if it can; `live` parameters always can."""
    if _BCRYPT.fullmatch(stored):
        highest = _max_bcrypt_cost(live)
        if MIN_COST <= _cost_of(stored) <= highest:
            return None
        return f"The cost of a bcrypt hash is {MIN_COST} to {highest}."
    found = argon2_of(stored)
    if found == live:
        return None
    memory, passes = live.memory * IMPORT_FACTOR, live.time * IMPORT_FACTOR
    problems: list[str] = []
    if _exceeds(stored, memory, passes):
        problems.append(f"An Argon2 hash has at most m={memory}, t={passes} and p={MAX_LANES}.")
    if found is None and (not problems or argon2_of(_COST.sub(_CHEAP, stored)) is None):
        problems.insert(0, _UNREADABLE)
    return " ".join(problems) or None


def matches_bcrypt(encoded: str, secret: bytes) -> bool:
    """Verify as those did who made the hash: by the first 72 bytes."""
    return bcrypt.checkpw(secret[:MAX_BYTES], encoded.encode())


def _exceeds(stored: str, memory: int, passes: int) -> bool:
    """Whether this asks for more, be it right otherwise or not."""
    match = _COST.search(stored)
    if match is None:
        return False
    return int(match["m"]) > memory or int(match["t"]) > passes or int(match["p"]) > MAX_LANES


def _cost_of(bcrypt_hash: str) -> int:
    return int(bcrypt_hash[4:6])


def _bcrypt_work(cost: int) -> int:
    return _BCRYPT_WORK << cost


def _max_bcrypt_cost(live: Parameters) -> int:
    """Give the highest cost that takes no longer than the dearest Argon2 hash that is taken.

    A hasher that is cheaper than the default one is for tests; bcrypt has no such parameters.
    """
    work = max(live.work, Parameters().work) * IMPORT_FACTOR**2
    return min(MAX_COST, (work // _BCRYPT_WORK).bit_length() - 1)
