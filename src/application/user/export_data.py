"""Export what is held on a user."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from application.actor import Actor, require_owner
from application.audit.entry import AuditEntry, AuditQuery, Position
from application.file_name import file_name
from application.ports.audit_reader import AuditReader
from application.ports.clock import Clock
from application.ports.session_reader import SessionReader
from application.ports.user_reader import UserReader
from application.session.views import SessionRecord
from application.user.views import UserView
from domain.user.errors import UserNotFound

PAGE: Final = 500
"""Audit entries that are read at once."""
MAX_AUDIT_ENTRIES: Final = 10_000
"""Of one export: strangers who try passwords add entries to an account, and memory has an end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportData:
    actor: Actor
    user_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedData:
    """Everything held on one user (GDPR, articles 15 and 20), a field for each kind of record.

    Who stores another kind adds a field here, reads it in the handler, and names it in both
    drivers: `Export` in entrypoints/http/schemas.py, `of_export` in entrypoints/cli/facts.py. A
    test compares the fields with the tables that name a user. Left out are secrets (the hash of
    the password, digests of tokens) and digests of idempotency keys, which say nothing of anybody;
    also what the user did to others, and who it was where others did something to the user, for
    that tells of them. `audit` is newest first, and complete unless it has MAX_AUDIT_ENTRIES.
    """

    exported_at: datetime
    user: UserView
    sessions: tuple[SessionRecord, ...]
    audit: tuple[AuditEntry, ...]
    audit_is_complete: bool

    @property
    def file_name(self) -> str:
        """What a file of it may be called: the user's name, made harmless."""
        return file_name(self.user.name or "", "json", otherwise="account")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportDataHandler:
    """Give all of it to its owner."""

    stored_users: UserReader
    sessions: SessionReader
    audit_reader: AuditReader
    clock: Clock

    async def __call__(self, command: ExportData) -> ExportedData:
        require_owner(command.actor, command.user_id)
        user = await self.stored_users.get(command.user_id)
        if user is None:
            raise UserNotFound
        sessions = await self.sessions.list_all(user.id)
        audit = await self._audit(user.id)
        return ExportedData(
            exported_at=self.clock.now(),
            user=user,
            sessions=sessions,
            audit=tuple(entry.as_told_to(user.id) for entry in audit[:MAX_AUDIT_ENTRIES]),
            audit_is_complete=len(audit) <= MAX_AUDIT_ENTRIES,
        )

    async def _audit(self, user_id: UUID) -> list[AuditEntry]:
        """Read no more than one entry beyond the bound, which tells that there are more."""
        found: list[AuditEntry] = []
        before: Position | None = None
        while len(found) <= MAX_AUDIT_ENTRIES:
            limit = min(PAGE, MAX_AUDIT_ENTRIES + 1 - len(found))
            query = AuditQuery(user_id=user_id, limit=limit, before=before)
            page = await self.audit_reader.page(query)
            found += page
            if len(page) < limit:
                break
            before = page[-1].position
        return found
