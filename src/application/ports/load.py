"""Port: utilisation of a bounded resource."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Places: `active` are taken, `idle` are ready, `waiting` are callers without one.

    `limit` is how many places there may be, and for a bulkhead how many callers it lets in.
    `is_read_only` is whether a database refused writes when it was last asked for one.
    """

    active: int = 0
    idle: int = 0
    waiting: int = 0
    limit: int = 0
    is_read_only: bool = False


class Loaded(Protocol):
    """Something with a bounded number of places."""

    def load(self) -> Load:
        """Return the load of this process at this moment; zeros when it is not open."""
        ...
