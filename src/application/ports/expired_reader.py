"""Port: counts expired records."""

from typing import Protocol

from application.maintenance.expiry import Amounts, Expiry
from application.ports.unit_of_work import RepositoryKey


class ExpiredReader(Protocol):
    """Counts what is over."""

    async def count(self, expiry: Expiry) -> Amounts:
        """Give how many of each `ExpiredRecords.remove` would remove by and by."""
        ...


EXPIRED_READER = RepositoryKey[ExpiredReader]("expired reader")
