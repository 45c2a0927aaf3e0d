"""Records failed log-ins and password checks in the audit trail."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

from application.audit.budget import FailureBudget, FailureReserve, HeldBack
from application.audit.entries import AuditEntries
from application.audit.entry import AuditEntry, Detail
from application.audit.types import AuditType
from application.ports.audit_trail import AUDIT_TRAIL
from application.ports.clock import Clock
from application.ports.event_publisher import EventPublisher
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.events import DomainEvent
from domain.user.email import EmailAddress

FLUSH: Final = timedelta(seconds=10)
"""How often what was held back is written."""
_PAGE: Final = 500
"""Entries of one transaction."""
_HASH_BYTES: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Failures:
    """Records a failure in its own transaction, within a budget, and publishes its event.

    What a storm has past the budget waits for `flush`: the first failures of each account, and how
    many more there were. Of an address that nobody has here, a MAC is kept: enough to see whether
    one address was tried a thousand times or a thousand once, and to look for one that is known;
    the address, which may be a stranger's, or a password in the wrong field, cannot be found from
    it without our key.
    """

    unit_of_work: UnitOfWorkFactory
    entries: AuditEntries
    events: EventPublisher
    clock: Clock
    address_key: bytes = field(repr=False)
    budget: FailureBudget = field(default_factory=FailureBudget, init=False)
    reserve: FailureReserve = field(default_factory=FailureReserve, init=False)

    async def record(self, event: DomainEvent, address: EmailAddress | None = None) -> None:
        """Record `event`; `address` is the one that was tried."""
        more: dict[str, Detail] = {}
        if event.user_id is None and address is not None:
            more["address_mac"] = self._mac(address)
        entry = self.entries.entry(event, **more)
        if self.budget.take(event.occurred_at):
            await self._write_with_counts(entry)
        else:
            self.reserve.put(entry)
        await self.events.publish((event,))

    async def flush(self) -> None:
        """Write the reserved entries, each with the time of its failure, and the counts."""
        held_back = self.reserve.drain()
        waiting = [*held_back.entries, *self._counts(held_back)]
        try:
            while waiting:
                await self._write(waiting[:_PAGE])
                del waiting[:_PAGE]
        except BaseException:
            # Under new ids: a commit whose answer was lost may have stored the old ones.
            new_id = self.entries.ids.new_id
            self.reserve.restore([replace(entry, id=new_id()) for entry in waiting])
            raise

    def _counts(self, held_back: HeldBack) -> list[AuditEntry]:
        counted = [*held_back.by_account.items(), (None, held_back.dropped)]
        now, type_ = self.clock.now(), AuditType.FAILURES_HELD_BACK
        return [
            self.entries.make(type_, now, user_id, {"count": count})
            for user_id, count in counted
            if count
        ]

    async def _write_with_counts(self, entry: AuditEntry) -> None:
        counts = self.reserve.take_counts(entry.user_id)
        try:
            await self._write((replace(entry, details={**entry.details, **counts}),))
        except BaseException:
            self.reserve.restore_counts(entry.user_id, counts)
            raise

    async def _write(self, entries: Sequence[AuditEntry]) -> None:
        async with self.unit_of_work() as uow:
            await uow.repository(AUDIT_TRAIL).add(entries)
            await uow.commit()

    def _mac(self, address: EmailAddress) -> str:
        digest = hmac.new(self.address_key, address.key.encode(), hashlib.sha256).digest()
        return digest[:_HASH_BYTES].hex()
