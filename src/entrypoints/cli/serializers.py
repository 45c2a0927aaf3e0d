"""Serializers of results, with the field names of the API."""

from collections.abc import Mapping

from application.actor import Account
from application.audit.entry import AuditEntry
from application.maintenance.expiry import Amounts
from application.session.session_opener import TokenPair
from application.session.views import SessionRecord, SessionView
from application.signing.views import KeyView
from application.user.export_data import ExportedData
from application.user.views import UserView

Fields = Mapping[str, object]


def user_to_dict(user: UserView) -> Fields:
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


def session_to_dict(session: SessionView) -> Fields:
    return {
        "id": session.id,
        "created_at": session.created_at,
        "last_used_at": session.last_used_at,
        "expires_at": session.expires_at,
        "client_address": session.client_address,
        "user_agent": session.user_agent,
    }


def export_to_dict(data: ExportedData) -> Fields:
    return {
        "exported_at": data.exported_at,
        "user": user_to_dict(data.user),
        "sessions": [*map(_record_to_dict, data.sessions)],
        "sessions_are_complete": data.sessions_are_complete,
        "audit": [*map(audit_entry_to_dict, data.audit)],
        "audit_is_complete": data.audit_is_complete,
    }


def tokens_to_dict(tokens: TokenPair) -> Fields:
    return {
        "token": tokens.access_token,
        "token_type": "Bearer",
        "expires_in": tokens.expires_in,
        "refresh_token": tokens.refresh_token,
    }


def account_to_dict(account: Account) -> Fields:
    return {
        "user_id": account.user_id,
        "session_id": account.session_id,
        "roles": sorted(role.name for role in account.roles),
    }


def key_to_dict(key: KeyView) -> Fields:
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


def _record_to_dict(session: SessionRecord) -> Fields:
    return {
        **session_to_dict(session),
        "ended_at": session.ended_at,
        "end_reason": session.end_reason,
        "mode": session.mode,
        "network": session.network,
    }


def audit_entry_to_dict(entry: AuditEntry) -> Fields:
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


def amounts_to_dict(amounts: Amounts) -> Fields:
    return {
        "refresh_tokens": amounts.refresh_tokens,
        "sessions": amounts.sessions,
        "idempotency_records": amounts.idempotency_records,
        "audit_entries": amounts.audit_entries,
    }
