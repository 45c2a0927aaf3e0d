"""Active users counted in this process."""

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final
from uuid import UUID

from application.ports.active_users import LATELY, ActiveUsers
from application.settings import Settings

MOST: Final = 200_000
"""Users who are kept apart; with more than these at once the count stands still."""


def create(_: str, __: Settings) -> "MemoryActiveUsers":
    """Build it, whatever the URL."""
    return MemoryActiveUsers()


class MemoryActiveUsers(ActiveUsers):
    """Keeps the time of each user's last call, the oldest first."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic, most: int = MOST) -> None:
        self._monotonic = monotonic
        self._most = most
        self._seen: OrderedDict[UUID, float] = OrderedDict()

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    def record(self, user_id: UUID) -> None:
        self._seen[user_id] = self._monotonic()
        self._seen.move_to_end(user_id)
        if len(self._seen) > self._most:
            self._seen.popitem(last=False)

    async def count(self) -> int:
        oldest = self._monotonic() - LATELY.total_seconds()
        while self._seen and next(iter(self._seen.values())) < oldest:
            self._seen.popitem(last=False)
        return len(self._seen)
