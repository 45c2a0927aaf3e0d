"""Purges expired records."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from application.actor import Actor, require_operator
from application.audit.entries import AuditEntries
from application.audit.entry import AuditEntry, Detail
from application.audit.types import AuditType
from application.maintenance.expiry import Amounts, Expiry
from application.ports.audit_trail import AUDIT_TRAIL
from application.ports.clock import Clock
from application.ports.expired_records import EXPIRED_RECORDS
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.errors import ValidationFailed
from domain.session.session import Lifetimes

DEFAULT_BATCH: Final = 500
MAX_BATCH: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PurgeExpired:
    """Remove at most `batch` of each kind, in one short transaction."""

    actor: Actor
    batch: int = DEFAULT_BATCH


@dataclass(frozen=True, slots=True, kw_only=True)
class Purged:
    """Removed records of one batch; call again until `is_done`."""

    removed: Amounts
    is_done: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PurgeExpiredHandler:
    """Remove one batch of expired records; safe to run concurrently, also with itself.

    The removal of audit entries is recorded in the audit trail.
    """

    unit_of_work: UnitOfWorkFactory
    entries: AuditEntries
    audit_retention: timedelta
    lifetimes: Lifetimes
    clock: Clock

    async def __call__(self, command: PurgeExpired) -> Purged:
        require_operator(command.actor)
        if not 1 <= command.batch <= MAX_BATCH:
            raise ValidationFailed.of("batch", f"A batch has 1 to {MAX_BATCH} of each kind.")
        expiry = Expiry.at(self.clock.now(), self.lifetimes.grace, self.audit_retention)
        async with self.unit_of_work() as uow:
            removed = await uow.repository(EXPIRED_RECORDS).remove(expiry, command.batch)
            if removed.audit_entries:
                await uow.repository(AUDIT_TRAIL).add(
                    (self._purge_entry(removed.audit_entries, expiry),)
                )
            await uow.commit()
        return Purged(removed=removed, is_done=removed.is_below(command.batch))

    def _purge_entry(self, entries: int, expiry: Expiry) -> AuditEntry:
        details: dict[str, Detail] = {"entries": entries, "before": expiry.audit_before.isoformat()}
        return self.entries.make(AuditType.AUDIT_PURGED, expiry.now, None, details)
