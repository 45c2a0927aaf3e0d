"""Expiry times of a purge, and amounts removed."""

from dataclasses import astuple, dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiry:
    """Which records are expired at `now`.

    - A refresh token that has expired, if its session has expired too, or if there is a later
      generation and no parallel request can still be in its `grace`. Until then it is needed to
      detect reuse.
    - A session that has expired and has no tokens left. So the end of a session is recorded for as
      long as one of its tokens could be used.
    - An idempotency record that has expired.
    - An audit entry older than `audit_before`.
    """

    now: datetime
    grace: timedelta
    audit_before: datetime

    @classmethod
    def at(cls, now: datetime, grace: timedelta, audit_retention: timedelta) -> "Expiry":
        return cls(now=now, grace=grace, audit_before=now - audit_retention)


@dataclass(frozen=True, slots=True, kw_only=True)
class Amounts:
    """Number of records of each kind."""

    refresh_tokens: int = 0
    sessions: int = 0
    idempotency_records: int = 0
    audit_entries: int = 0

    def __add__(self, other: "Amounts") -> "Amounts":
        return Amounts(
            refresh_tokens=self.refresh_tokens + other.refresh_tokens,
            sessions=self.sessions + other.sessions,
            idempotency_records=self.idempotency_records + other.idempotency_records,
            audit_entries=self.audit_entries + other.audit_entries,
        )

    @property
    def total(self) -> int:
        return sum(astuple(self))

    def is_below(self, each: int) -> bool:
        return all(amount < each for amount in astuple(self))
