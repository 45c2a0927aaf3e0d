"""Sentinel of a field that a caller did not mention, as opposed to null."""

from enum import Enum
from typing import Final


class Unset(Enum):
    """What a field of a partial change holds when it was not mentioned."""

    UNSET = "unset"


UNSET: Final = Unset.UNSET
