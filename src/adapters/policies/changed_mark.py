"""What stands in a cache for a value that has just changed."""

from secrets import token_bytes
from typing import Final

_PREFIX: Final = b"\xc1changed"
"""No value of ours begins so: MessagePack never uses 0xC1."""


def new_mark() -> bytes:
    """Make a mark that is like no other, so that who saw the same one knows of the same change."""
    return _PREFIX + token_bytes(8)


def is_mark(kept: bytes) -> bool:
    return kept.startswith(_PREFIX)
