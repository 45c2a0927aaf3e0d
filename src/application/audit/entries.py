"""Builds audit entries from domain events."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from application.actor import Account, Operator, acting
from application.audit.entry import AuditEntry, Detail
from application.audit.types import AuditType
from application.context import call_context
from application.ports.audit_trail import AUDIT_TRAIL
from application.ports.event_publisher import EventPublisher
from application.ports.id_generator import IdGenerator
from application.ports.unit_of_work import EventRecorder, UnitOfWork
from domain.events import DomainEvent
from domain.session.events import EndReason, LogInFailed, SessionOpened, SessionsEnded
from domain.user import events as user

TYPES: Final[Mapping[type[DomainEvent], AuditType]] = {
    user.UserRegistered: AuditType.USER_REGISTERED,
    user.UserImported: AuditType.USER_IMPORTED,
    user.UserActivated: AuditType.USER_ACTIVATED,
    user.UserDeactivated: AuditType.USER_DEACTIVATED,
    user.AccountClosed: AuditType.USER_CLOSED,
    user.ProfileUpdated: AuditType.PROFILE_UPDATED,
    user.EmailChanged: AuditType.EMAIL_CHANGED,
    user.PasswordChanged: AuditType.PASSWORD_CHANGED,
    user.PasswordProofFailed: AuditType.PASSWORD_PROOF_FAILED,
    user.RoleGranted: AuditType.ROLE_GRANTED,
    user.RoleRevoked: AuditType.ROLE_REVOKED,
    LogInFailed: AuditType.LOG_IN_FAILED,
    SessionOpened: AuditType.SESSION_OPENED,
    SessionsEnded: AuditType.SESSION_ENDED,
}
"""Recorded events. A refresh is none: the session has the time of its last use."""

_ENDED: Final = {
    EndReason.LOGGED_OUT: AuditType.SESSION_LOGGED_OUT,
    EndReason.REVOKED: AuditType.SESSION_REVOKED,
    EndReason.REUSED: AuditType.SESSION_REUSED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntries:
    """Makes entries of the call and the actor in hand."""

    ids: IdGenerator

    def of(self, events: Sequence[DomainEvent]) -> tuple[AuditEntry, ...]:
        """Return the entries of the recorded events."""
        closed = {event.user_id for event in events if isinstance(event, user.AccountClosed)}
        entries = [self.entry(event) for event in events if type(event) in TYPES]
        # Who closes their account is forgotten, also as the one who closed it.
        return tuple(
            entry.without_client()
            if entry.user_id in closed and entry.is_by_client_of(entry.user_id)
            else entry
            for entry in entries
        )

    def entry(self, event: DomainEvent, **more: Detail) -> AuditEntry:
        """Return the entry of an event, with `more` in its details."""
        entry = self.make(_type_of(event), event.occurred_at, event.user_id, _details(event) | more)
        if acting.get() is None and _is_by_its_user(event):
            return replace(entry, actor_id=event.user_id)
        return entry

    def make(
        self,
        type: AuditType,
        occurred_at: datetime,
        user_id: UUID | None,
        details: Mapping[str, Detail],
    ) -> AuditEntry:
        """Return an entry without a domain event."""
        actor, context = acting.get(), call_context.get()
        return AuditEntry(
            id=self.ids.new_id(),
            occurred_at=occurred_at,
            type=type,
            actor_id=actor.user_id if isinstance(actor, Account) else None,
            operator=actor.os_user if isinstance(actor, Operator) else None,
            user_id=user_id,
            client_address=context.client_address,
            user_agent=context.user_agent,
            request_id=context.request_id,
            details=details,
        )


def _type_of(event: DomainEvent) -> AuditType:
    if not isinstance(event, SessionsEnded):
        return TYPES[type(event)]
    if event.reason is EndReason.LOGGED_OUT and event.together:
        return AuditType.SESSION_LOGGED_OUT_EVERYWHERE
    return _ENDED.get(event.reason, AuditType.SESSION_ENDED)


def _is_by_its_user(event: DomainEvent) -> bool:
    """Whether a command without an actor does it for the very user it is about."""
    if isinstance(event, SessionsEnded):
        return event.reason is EndReason.SESSION_LIMIT
    return isinstance(event, user.UserRegistered | SessionOpened)


def _details(event: DomainEvent) -> dict[str, Detail]:
    match event:
        case user.RoleGranted() | user.RoleRevoked() | user.UserImported():
            return _roles(event)
        case LogInFailed():
            return {"reason": event.reason}
        case SessionOpened():
            return {"session_id": str(event.session_id)}
        case SessionsEnded(session_ids=(only,)):
            return {"reason": event.reason, "session_id": str(only)}
        case SessionsEnded():
            return {"reason": event.reason, "sessions": event.count}
        case _:
            return {}


def _roles(event: user.RoleGranted | user.RoleRevoked | user.UserImported) -> dict[str, Detail]:
    if not isinstance(event, user.UserImported):
        return {"role": event.role.name}
    return {"roles": " ".join(sorted(map(str, event.roles)))} if event.roles else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditedEvents(EventRecorder):
    """Writes events into the audit trail, and publishes them after the commit."""

    entries: AuditEntries
    publisher: EventPublisher

    async def record(self, unit: UnitOfWork, events: Sequence[DomainEvent]) -> None:
        if entries := self.entries.of(events):
            await unit.repository(AUDIT_TRAIL).add(entries)

    async def publish(self, events: Sequence[DomainEvent]) -> None:
        await self.publisher.publish(events)
