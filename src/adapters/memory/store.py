"""The tables of the in-memory database."""

from bisect import bisect_left, insort
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from application.audit.entry import AuditEntry, Position
from application.ports.idempotency_records import IdempotencyRecord
from domain.session.refresh_token import RefreshToken
from domain.session.session import Session
from domain.user.user import User


@dataclass(slots=True)
class Changes:
    """What one unit of work wants to be true; by id, and by digest."""

    users: dict[UUID, User] = field(default_factory=dict)
    sessions: dict[UUID, Session] = field(default_factory=dict)
    tokens: dict[bytes, RefreshToken] = field(default_factory=dict)
    idempotency: dict[bytes, IdempotencyRecord] = field(default_factory=dict)
    audit: dict[UUID, AuditEntry] = field(default_factory=dict)
    removed_tokens: set[bytes] = field(default_factory=set)
    removed_sessions: set[UUID] = field(default_factory=set)
    removed_records: set[bytes] = field(default_factory=set)
    removed_entries: set[UUID] = field(default_factory=set)


class Store:
    """Committed entities with their indexes. What it gives is its own: copy before handing out."""

    def __init__(self) -> None:
        self.users: dict[UUID, User] = {}
        self.sessions: dict[UUID, Session] = {}
        self.tokens: dict[bytes, RefreshToken] = {}
        self.idempotency: dict[bytes, IdempotencyRecord] = {}
        self._audit: dict[UUID, AuditEntry] = {}
        self._positions: list[Position] = []
        self._user_ids: list[UUID] = []
        self._by_email: dict[str, UUID] = {}
        self._sessions_of: dict[UUID, dict[UUID, None]] = {}

    def owner(self, email_key: str) -> UUID | None:
        return self._by_email.get(email_key)

    def sessions_of(self, user_id: UUID) -> Iterator[Session]:
        return (self.sessions[key] for key in self._sessions_of.get(user_id, ()))

    def users_below(self, before: UUID | None) -> Iterator[User]:
        """Give the accounts with an id below `before`, the highest id first."""
        end = len(self._user_ids) if before is None else bisect_left(self._user_ids, before)
        return (self.users[self._user_ids[index]] for index in range(end - 1, -1, -1))

    def has_audit_entry(self, type: str, user_id: UUID) -> bool:
        """Whether the audit trail has an entry of this type about the user."""
        return any(e.user_id == user_id and e.type == type for e in self._audit.values())

    def has_entry(self, id: UUID) -> bool:
        return id in self._audit

    def audit_backwards(self, before: Position | None) -> Iterator[AuditEntry]:
        """Give the audit entries before a position, the newest first."""
        end = len(self._positions) if before is None else bisect_left(self._positions, before)
        return (self._audit[self._positions[index].id] for index in range(end - 1, -1, -1))

    def is_sound_with(self, changes: Changes) -> bool:
        """Whether every new record tells of a user who is there."""
        made = (record.user_id for record in changes.idempotency.values())
        return all(user_id in changes.users or user_id in self.users for user_id in made)

    def apply(self, changes: Changes) -> None:
        """Make it all true; nothing here can fail or wait, so nobody sees a half of it."""
        for user in changes.users.values():
            self._put_user(user)
        for session in changes.sessions.values():
            self.sessions[session.id] = session
            self._sessions_of.setdefault(session.user_id, {})[session.id] = None
        for token in changes.tokens.values():
            self.tokens[token.digest] = token
        self.idempotency |= changes.idempotency
        for entry in changes.audit.values():
            if entry.id not in self._audit:
                insort(self._positions, entry.position)
            self._audit[entry.id] = entry
        self._remove(changes)

    def _remove(self, changes: Changes) -> None:
        for digest in changes.removed_tokens:
            del self.tokens[digest]
        for id_ in changes.removed_sessions:
            session = self.sessions.pop(id_)
            del self._sessions_of[session.user_id][id_]
        for digest in changes.removed_records:
            del self.idempotency[digest]
        if changes.removed_entries:
            for id_ in changes.removed_entries:
                del self._audit[id_]
            self._positions = [each for each in self._positions if each.id in self._audit]

    def _put_user(self, user: User) -> None:
        before = self.users.get(user.id)
        if before is None:
            insort(self._user_ids, user.id)
        elif self._by_email.get(before.email.key) == user.id:
            del self._by_email[before.email.key]
        self.users[user.id] = user
        self._by_email[user.email.key] = user.id
