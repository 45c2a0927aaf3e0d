"""In-memory purge of expired records."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar
from uuid import UUID

from adapters.memory.store import Changes, Store
from application.maintenance.expiry import Amounts, Expiry
from application.ports.expired_reader import ExpiredReader
from application.ports.expired_records import ExpiredRecords
from domain.session.refresh_token import RefreshToken

T = TypeVar("T")


class MemoryExpiredRecords(ExpiredRecords):
    """Looks at what is committed; the unit holds the lock, so nobody else changes it."""

    def __init__(self, store: Store, changes: Changes) -> None:
        self._store = store
        self._changes = changes

    async def remove(self, expiry: Expiry, at_most: int) -> Amounts:
        gone = self._changes
        found = _Found(self._store, expiry)
        tokens = _new(found.tokens(), gone.removed_tokens, at_most)
        left = found.sessions(gone.removed_tokens) if tokens < at_most else ()
        sessions = _new(left, gone.removed_sessions, at_most)
        records = _new(found.records(), gone.removed_records, at_most)
        entries = _new(found.entries(), gone.removed_entries, at_most)
        return Amounts(
            refresh_tokens=tokens,
            sessions=sessions,
            idempotency_records=records,
            audit_entries=entries,
        )


class MemoryExpiredReader(ExpiredReader):
    def __init__(self, store: Store) -> None:
        self._store = store

    async def count(self, expiry: Expiry) -> Amounts:
        found = _Found(self._store, expiry)
        tokens = set(found.tokens())
        return Amounts(
            refresh_tokens=len(tokens),
            sessions=sum(1 for _ in found.sessions(tokens)),
            idempotency_records=sum(1 for _ in found.records()),
            audit_entries=sum(1 for _ in found.entries()),
        )


class _Found:
    def __init__(self, store: Store, expiry: Expiry) -> None:
        self._store = store
        self._expiry = expiry

    def tokens(self) -> Iterator[bytes]:
        over = [token for token in self._store.tokens.values() if self._is_over(token)]
        over.sort(key=lambda token: token.expires_at)
        return (token.digest for token in over)

    def sessions(self, removed_tokens: set[bytes]) -> Iterator[UUID]:
        """Give those that have no token left, once these are removed."""
        left = {
            token.session_id
            for token in self._store.tokens.values()
            if token.digest not in removed_tokens
        }
        over = [
            session
            for session in self._store.sessions.values()
            if session.expires_at <= self._expiry.now and session.id not in left
        ]
        over.sort(key=lambda session: session.expires_at)
        return (session.id for session in over)

    def records(self) -> Iterator[bytes]:
        over = [
            record
            for record in self._store.idempotency.values()
            if record.expires_at <= self._expiry.now
        ]
        over.sort(key=lambda record: record.expires_at)
        return (record.digest for record in over)

    def entries(self) -> Iterator[UUID]:
        over = [
            entry
            for entry in self._store.audit_backwards(None)
            if entry.occurred_at < self._expiry.audit_before
        ]
        return (entry.id for entry in reversed(over))

    def _is_over(self, token: RefreshToken) -> bool:
        session = self._store.sessions[token.session_id]
        now = self._expiry.now
        if session.expires_at <= now:
            return token.expires_at <= now
        return (
            token.generation < session.generation and token.expires_at <= now - self._expiry.grace
        )


def _new(found: Iterable[T], removed: set[T], at_most: int) -> int:
    """Add at most so many to those that are removed; give how many."""
    more = [*islice((each for each in found if each not in removed), at_most)]
    removed.update(more)
    return len(more)
