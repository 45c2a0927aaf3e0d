"""Tombstones: what a cache holds for a value that has just changed."""

from secrets import token_bytes
from typing import Final

_PREFIX: Final = b"\xc1changed"
"""What a value begins with is a MAC: one in 2**64 of them looks like a mark, and is a miss."""
_LENGTH: Final = len(_PREFIX) + 8


def new_tombstone() -> bytes:
    """Make a mark that is like no other, so that who saw the same one knows of the same change."""
    return _PREFIX + token_bytes(8)


def is_tombstone(kept: bytes) -> bool:
    return len(kept) == _LENGTH and kept.startswith(_PREFIX)
