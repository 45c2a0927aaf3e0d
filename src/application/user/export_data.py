"""Export all data about a user (GDPR)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final, TypeVar
from uuid import UUID

from application.actor import Actor, require_owner
from application.audit.entry import AuditEntry, AuditQuery
from application.file_name import file_name
from application.ports.audit_reader import AuditReader
from application.ports.clock import Clock
from application.ports.session_reader import SessionReader
from application.ports.user_reader import UserReader
from application.session.views import SessionQuery, SessionRecord
from application.user.views import UserView
from domain.user.errors import UserNotFound

T = TypeVar("T")

PAGE: Final = 500
"""Records that are read at once."""
MAX_RECORDS: Final = 10_000
"""Of each kind in one export: memory has an end, and strangers who try passwords add audit entries
to an account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportData:
    actor: Actor
    user_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedData:
    """All data about one user (GDPR, articles 15 and 20), a field for each kind of record.

    A new kind of record needs a field here, a read in the handler, and a field of `Export` in
    entrypoints/http/schemas.py. A test compares the fields with the tables that name a user.
    It excludes secrets (the password hash, digests of tokens) and digests of idempotency keys; also
    acts of the user on others, and the actors of acts on the user, which are personal data of
    others. `sessions` and `audit` are newest first, and complete unless they have MAX_RECORDS.
    """

    exported_at: datetime
    user: UserView
    sessions: tuple[SessionRecord, ...]
    sessions_are_complete: bool
    audit: tuple[AuditEntry, ...]
    audit_is_complete: bool

    @property
    def file_name(self) -> str:
        """Name of a file for it: the user's name, sanitized."""
        return file_name(self.user.name or "", "json", otherwise="account")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportDataHandler:
    """Return all data of the account to its owner."""

    stored_users: UserReader
    sessions: SessionReader
    audit_reader: AuditReader
    clock: Clock

    async def __call__(self, command: ExportData) -> ExportedData:
        require_owner(command.actor, command.user_id)
        user = await self.stored_users.get(command.user_id)
        if user is None:
            raise UserNotFound
        sessions = await _read(partial(self._sessions, user.id))
        audit = await _read(partial(self._audit, user.id))
        return ExportedData(
            exported_at=self.clock.now(),
            user=user,
            sessions=tuple(sessions[:MAX_RECORDS]),
            sessions_are_complete=len(sessions) <= MAX_RECORDS,
            audit=tuple(entry.redacted_for(user.id) for entry in audit[:MAX_RECORDS]),
            audit_is_complete=len(audit) <= MAX_RECORDS,
        )

    async def _sessions(
        self, user_id: UUID, last: SessionRecord | None, limit: int
    ) -> tuple[SessionRecord, ...]:
        before = None if last is None else last.id
        return await self.sessions.page(SessionQuery(user_id=user_id, limit=limit, before=before))

    async def _audit(
        self, user_id: UUID, last: AuditEntry | None, limit: int
    ) -> tuple[AuditEntry, ...]:
        before = None if last is None else last.position
        return await self.audit_reader.page(AuditQuery(user_id=user_id, limit=limit, before=before))


async def _read(page: Callable[[T | None, int], Awaitable[tuple[T, ...]]]) -> list[T]:
    """Read at most one record beyond the bound, to see whether there are more."""
    found: list[T] = []
    while len(found) <= MAX_RECORDS:
        limit = min(PAGE, MAX_RECORDS + 1 - len(found))
        records = await page(found[-1] if found else None, limit)
        found += records
        if len(records) < limit:
            break
    return found
