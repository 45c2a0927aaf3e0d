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
    if found is None:
        return "Give a hash of bcrypt ($2a$, $2b$, $2y$) or Argon2 ($argon2id$v=19$, $argon2i$)."
    if found != live and _is_expensive(found):
        return (
            f"An Argon2 hash has at most m={MAX_MEMORY}, t={MAX_PASSES}, p={MAX_LANES},"
            f" and m times t is at most {MAX_WORK}."
        )
    return None


def matches_bcrypt(encoded: str, secret: bytes) -> bool:
    """Verify as those did who made the hash: by the first 72 bytes."""
    return bcrypt.checkpw(secret[:MAX_BYTES], encoded.encode())


def _is_expensive(found: Parameters) -> bool:
    return (
        found.memory > MAX_MEMORY
        or found.time > MAX_PASSES
        or found.parallelism > MAX_LANES
        or found.memory * found.time > MAX_WORK
    )
