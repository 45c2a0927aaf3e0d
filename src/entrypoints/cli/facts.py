"""Results as named values, in the order and by the names that the API gives them."""

from collections.abc import Mapping

from application.actor import Account
from application.audit.entry import AuditEntry
from application.maintenance.expiry import Amounts
from application.session.session_opener import TokenPair
from application.session.views import SessionRecord, SessionView
from application.signing.views import KeyView
from application.user.export_data import ExportedData
from application.user.views import UserView

Facts = Mapping[str, object]


def of_user(user: UserView) -> Facts:
    return {
        "id": user.id,
        "email": user.email,
        "name": user.name,
        "bio": user.bio,
        "website": user.website,
        "roles": user.roles,
        "is_active": user.is_active,
        "created_at": user.created_at,
        "updated_at": user.updated_at,
    }


def of_session(session: SessionView) -> Facts:
    return {
        "id": session.id,
        "created_at": session.created_at,
        "last_used_at": session.last_used_at,
        "expires_at": session.expires_at,
        "client_address": session.client_address,
        "user_agent": session.user_agent,
    }


def of_export(data: ExportedData) -> Facts:
    return {
        "exported_at": data.exported_at,
        "user": of_user(data.user),
        "sessions": [*map(_of_record, data.sessions)],
        "sessions_are_complete": data.sessions_are_complete,
        "audit": [*map(of_audit_entry, data.audit)],
        "audit_is_complete": data.audit_is_complete,
    }


def of_tokens(tokens: TokenPair) -> Facts:
    return {
        "token": tokens.access_token,
        "token_type": "Bearer",
        "expires_in": tokens.expires_in,
        "refresh_token": tokens.refresh_token,
    }


def of_account(account: Account) -> Facts:
    return {
        "user_id": account.user_id,
        "session_id": account.session_id,
        "roles": sorted(role.name for role in account.roles),
    }


def of_key(key: KeyView) -> Facts:
    return {
        "kid": key.id,
        "alg": key.algorithm,
        "state": key.state.value,
        "added_at": key.added_at,
        "promoted_at": key.promoted_at,
        "demoted_at": key.demoted_at,
        "ready_at": key.ready_at,
        "needed_until": key.needed_until,
    }


def _of_record(session: SessionRecord) -> Facts:
    return {
        **of_session(session),
        "ended_at": session.ended_at,
        "end_reason": session.end_reason,
        "mode": session.mode,
        "network": session.network,
    }


def of_audit_entry(entry: AuditEntry) -> Facts:
    return {
        "id": entry.id,
        "occurred_at": entry.occurred_at,
        "type": entry.type,
        "actor_id": entry.actor_id,
        "operator": entry.operator,
        "user_id": entry.user_id,
        "client_address": entry.client_address,
        "user_agent": entry.user_agent,
        "request_id": entry.request_id,
        "details": dict(entry.details),
    }


def of_amounts(amounts: Amounts) -> Facts:
    return {
        "refresh_tokens": amounts.refresh_tokens,
        "sessions": amounts.sessions,
        "idempotency_records": amounts.idempotency_records,
        "audit_entries": amounts.audit_entries,
    }
