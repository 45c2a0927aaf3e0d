"""Port: counts active users."""

from datetime import timedelta
from typing import Final, Protocol
from uuid import UUID

from application.ports.lifecycle import Lifecycle

LATELY: Final = timedelta(minutes=15)


class ActiveUsers(Lifecycle, Protocol):
    """Counts distinct users who were authenticated within LATELY.

    One adapter may count for all processes together, another for its own alone.
    """

    def record(self, user_id: UUID) -> None:
        """Note that a user was authenticated just now. Never waits, never raises."""
        ...

    async def count(self) -> int:
        """Give how many there are, with everybody whom this process saw until now.

        Called every few seconds; what `record` noted may be passed on here. Raises
        DependencyUnavailable when the counter cannot be reached; no user is lost by that.
        """
        ...
