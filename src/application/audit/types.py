"""Audit event types."""

from enum import StrEnum


class AuditType(StrEnum):
    """Types of audit entries; the values are stored and public."""

    USER_REGISTERED = "user.registered"
    USER_IMPORTED = "user.imported"
    USERS_EXPORTED = "users.exported"
    USER_ACTIVATED = "user.activated"
    USER_DEACTIVATED = "user.deactivated"
    USER_CLOSED = "user.closed"
    PROFILE_UPDATED = "profile.updated"
    EMAIL_CHANGED = "email.changed"
    PASSWORD_CHANGED = "password.changed"  # noqa: S105 - a name, not a password
    PASSWORD_PROOF_FAILED = "password.proof_failed"  # noqa: S105 - as above
    ROLE_GRANTED = "role.granted"
    ROLE_REVOKED = "role.revoked"
    LOG_IN_FAILED = "login.failed"
    FAILURES_HELD_BACK = "failures.held_back"
    SESSION_OPENED = "session.opened"
    SESSION_LOGGED_OUT = "session.logged_out"
    SESSION_LOGGED_OUT_EVERYWHERE = "session.logged_out_everywhere"
    SESSION_REVOKED = "session.revoked"
    SESSION_REUSED = "session.refresh_reused"
    SESSION_ENDED = "session.ended"
    AUDIT_PURGED = "audit.purged"
