"""Port: counts expired records."""

from typing import Protocol

from application.maintenance.expiry import Amounts, Expiry


class ExpiredReader(Protocol):
    """Counts what is over."""

    async def count(self, expiry: Expiry) -> Amounts:
        """Give how many of each `ExpiredRecords.remove` would remove by and by."""
        ...
