"""Port: idempotency records inside a unit of work."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from application.ports.unit_of_work import RepositoryKey


@dataclass(frozen=True, slots=True, kw_only=True)
class IdempotencyRecord:
    """That the request with this `fingerprint` made the user `user_id`, under one key.

    `digest` stands for the key; both are 32 bytes of a MAC, from which nothing can be guessed.
    """

    digest: bytes
    fingerprint: bytes
    user_id: UUID
    expires_at: datetime


class IdempotencyRecords(Protocol):
    """The records, for a use case whose effect must happen once.

    A record is written in the transaction of its effect, so there is never one without the
    other. To keep locks in one order everywhere, a key is claimed before anything else is locked.
    """

    async def find(self, digest: bytes, now: datetime) -> IdempotencyRecord | None:
        """Give the record of a key; None when there is none, or none that is alive at `now`."""
        ...

    async def claim(self, record: IdempotencyRecord, now: datetime) -> IdempotencyRecord | None:
        """Write the record, over an expired one; None when that was done.

        Else the key has a live record already: that one is given, and nothing is written. Of two
        units that claim one key at once, the second waits until the first ends: it is given the
        first one's record after a commit, and writes its own after a rollback. Whether the user
        is there is checked at the commit, which raises DatabaseFailure for one who is not.
        """
        ...


IDEMPOTENCY_RECORDS = RepositoryKey[IdempotencyRecords]("idempotency records")
