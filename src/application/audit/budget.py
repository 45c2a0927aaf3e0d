"""Budget of recorded failures (token bucket), and the reserve for those beyond it."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from application.audit.entry import AuditEntry, Detail
from application.audit.types import AuditType

BURST: Final = 100
"""Failures that are written down at once, however fast they come."""
REFILL: Final = timedelta(seconds=1)
"""After which one more may be."""
RESERVE: Final = 3
"""Entries of each account that are kept past that until the next flush."""
ACCOUNTS: Final = 2_000
"""Accounts with a reserve; the one that failed least recently goes first."""


@dataclass(slots=True)
class FailureBudget:
    """Token bucket: lets a burst pass, then one failure in each second. One process has one.

    Whoever sends wrong passwords could else make this service write as fast as they can send. It
    makes no difference between accounts, nor between known and unknown addresses, so that nobody
    learns from the time of an answer whether its failure was written.
    """

    left: float = BURST
    refilled_at: datetime | None = None

    def take(self, now: datetime) -> bool:
        if self.refilled_at is not None:
            gained = max(0.0, (now - self.refilled_at) / REFILL)
            self.left = min(float(BURST), self.left + gained)
        self.refilled_at = now
        if self.left < 1:
            return False
        self.left -= 1
        return True


class HeldBack(NamedTuple):
    """What waits for a flush: the reserves, and how many were dropped, by account and in all."""

    entries: tuple[AuditEntry, ...]
    by_account: Mapping[UUID, int]
    dropped: int


@dataclass(slots=True)
class _Account:
    entries: list[AuditEntry] = field(default_factory=list)
    dropped: int = 0


@dataclass(slots=True)
class FailureReserve:
    """Keeps the first failures of each account that are past the budget, and counts the others.

    So a storm against others hides no attack on one account. They are kept in memory and written
    by the next flush, not by the request: what a request does is the same for every address.
    """

    dropped: int = 0
    _accounts: OrderedDict[UUID, _Account] = field(default_factory=OrderedDict)

    def put(self, entry: AuditEntry) -> None:
        account = self._account(entry.user_id) if entry.user_id else None
        if account is not None and len(account.entries) < RESERVE:
            account.entries.append(entry)
            return
        self.dropped += 1
        if account is not None:
            account.dropped += 1

    def take_counts(self, user_id: UUID | None) -> dict[str, Detail]:
        """Return the counts for the next entry, with those of an account for an entry of it."""
        counts: dict[str, Detail] = {}
        if self.dropped:
            counts["held_back_before"], self.dropped = self.dropped, 0
        account = self._accounts.get(user_id) if user_id else None
        if account is not None and account.dropped:
            counts["held_back_of_account"], account.dropped = account.dropped, 0
        return counts

    def drain(self) -> HeldBack:
        accounts, self._accounts = self._accounts, OrderedDict()
        dropped, self.dropped = self.dropped, 0
        kept = [entry for account in accounts.values() for entry in account.entries]
        return HeldBack(
            entries=tuple(sorted(kept, key=lambda entry: entry.position)),
            by_account={key: each.dropped for key, each in accounts.items() if each.dropped},
            dropped=dropped,
        )

    def restore(self, entries: Sequence[AuditEntry]) -> None:
        """Take back entries that could not be written, counts among them."""
        for entry in entries:
            if entry.type != AuditType.FAILURES_HELD_BACK:
                self.put(entry)
            elif entry.user_id is None:
                self.dropped += int(entry.details["count"])
            else:
                self._account(entry.user_id).dropped += int(entry.details["count"])

    def restore_counts(self, user_id: UUID | None, counts: Mapping[str, Detail]) -> None:
        """Take back the counts of an entry that could not be written."""
        self.dropped += int(counts.get("held_back_before", 0))
        if user_id is not None:
            self._account(user_id).dropped += int(counts.get("held_back_of_account", 0))

    def _account(self, user_id: UUID) -> _Account:
        account = self._accounts.setdefault(user_id, _Account())
        self._accounts.move_to_end(user_id)
        if len(self._accounts) > ACCOUNTS:
            # Its failures are not written, so they count among what was dropped.
            _, evicted = self._accounts.popitem(last=False)
            self.dropped += len(evicted.entries)
        return account
