"""Attempts that failed: nothing else of them is stored."""

import hashlib
import hmac
from dataclasses import dataclass, field

from application.audit.budget import FailureBudget
from application.audit.entries import AuditEntries
from application.audit.entry import Detail
from application.ports.event_publisher import EventPublisher
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.events import DomainEvent
from domain.user.email import EmailAddress

_HASH_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Failures:
    """Writes a failure down in a transaction of its own, within a budget, and tells of it.

    Of an address that nobody has here, a MAC is kept: enough to see whether one address was tried
    a thousand times or a thousand once, and to look for one that is known; the address, which may
    be a stranger's, or a password in the wrong field, cannot be found from it without our key.
    """

    unit_of_work: UnitOfWorkFactory
    entries: AuditEntries
    events: EventPublisher
    address_key: bytes = field(repr=False)
    budget: FailureBudget = field(default_factory=FailureBudget, init=False)

    async def tell(self, event: DomainEvent, address: EmailAddress | None = None) -> None:
        """Record `event`; `address` is the one that was tried."""
        held_back = self.budget.take(event.occurred_at)
        if held_back is not None:
            await self._write(event, address, held_back)
        await self.events.publish((event,))

    async def _write(
        self, event: DomainEvent, address: EmailAddress | None, held_back: int
    ) -> None:
        more: dict[str, Detail] = {}
        if event.user_id is None and address is not None:
            more["address_mac"] = self._mac(address)
        if held_back:
            more["held_back_before"] = held_back
        try:
            async with self.unit_of_work() as uow:
                await uow.audit.add((self.entries.entry(event, **more),))
                await uow.commit()
        except BaseException:
            self.budget.give_back(held_back)
            raise

    def _mac(self, address: EmailAddress) -> str:
        digest = hmac.new(self.address_key, address.key.encode(), hashlib.sha256).digest()
        return digest[:_HASH_BYTES].hex()
