"""List the audit trail."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from application.actor import Actor, require_admin
from application.audit.entry import AuditEntry, AuditQuery, Position
from application.audit.types import AuditType
from application.pagination import DEFAULT_LIMIT, MAX_LIMIT, Cursors, Page
from application.ports.audit_reader import AuditReader
from domain.errors import FieldError, ValidationFailed

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_BEFORE_ALL: Final = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListAudit:
    """A page of the audit trail, the newest first; filters that are None are off.

    `user_id` is the affected user; entries are not older than `since`, and older than `until`.
    """

    actor: Actor
    limit: int = DEFAULT_LIMIT
    cursor: str | None = None
    user_id: UUID | None = None
    type: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListAuditHandler:
    """Return a page to an admin; new entries do not shift later pages (keyset)."""

    audit_reader: AuditReader
    cursors: Cursors

    async def __call__(self, command: ListAudit) -> Page[AuditEntry]:
        require_admin(command.actor)
        _check(command)
        filters = f"audit|{command.user_id}|{command.type}|{command.since}|{command.until}"
        query = AuditQuery(
            limit=command.limit + 1,
            before=self._before(command, filters),
            since=command.since,
            user_id=command.user_id,
            type=command.type,
        )
        found = await self.audit_reader.page(query)
        items, rest = found[: command.limit], found[command.limit :]
        last = _to_bytes(items[-1].position) if rest else None
        return Page(items, None if last is None else self.cursors.seal(last, filters))

    def _before(self, command: ListAudit, filters: str) -> Position | None:
        if command.cursor is not None:
            return _from_bytes(self.cursors.unseal(command.cursor, filters, size=24))
        return None if command.until is None else Position(command.until, _BEFORE_ALL)


def _check(command: ListAudit) -> None:
    errors: list[FieldError] = []
    if not 1 <= command.limit <= MAX_LIMIT:
        errors.append(FieldError("limit", f"A page has 1 to {MAX_LIMIT} entries."))
    if command.type is not None and command.type not in set(AuditType):
        errors.append(FieldError("type", f"Use one of {', '.join(AuditType)}."))
    for name, time in (("since", command.since), ("until", command.until)):
        if time is not None and time.tzinfo is None:
            errors.append(FieldError(name, "Say in which time zone, as in 2026-01-31T08:00:00Z."))
    if errors:
        raise ValidationFailed(errors=tuple(errors))


def _to_bytes(position: Position) -> bytes:
    micros = (position.occurred_at - _EPOCH) // _MICROSECOND
    return micros.to_bytes(8, signed=True) + position.id.bytes


def _from_bytes(raw: bytes) -> Position:
    micros = int.from_bytes(raw[:8], signed=True)
    return Position(_EPOCH + timedelta(microseconds=micros), UUID(bytes=raw[8:]))
