"""Port: removes expired records inside a unit of work."""

from typing import Protocol

from application.maintenance.expiry import Amounts, Expiry
from application.ports.unit_of_work import RepositoryKey


class ExpiredRecords(Protocol):
    """Removes what is over, a little at a time."""

    async def remove(self, expiry: Expiry, at_most: int) -> Amounts:
        """Remove at most so many of each, the oldest first; give how many there were.

        Sessions go once there are no more tokens to remove. Never waits for a lock: what another
        unit has in hand is left for the next time, so that several may purge at once and nobody is
        held up. Fewer than `at_most` of each means that nothing is left but what others have in
        hand.
        """
        ...


EXPIRED_RECORDS = RepositoryKey[ExpiredRecords]("expired records")
