"""The difference between "make it empty" and "leave it alone"."""

from enum import Enum
from typing import Final


class Unset(Enum):
    """What a field of a partial change holds when it was not mentioned."""

    UNSET = "unset"


UNSET: Final = Unset.UNSET
