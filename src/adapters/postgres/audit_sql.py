"""Statements of the audit trail."""
# ruff: noqa: S608 - what is put into a statement are fragments of this file

_ENTRY = (
    "id, occurred_at, type, actor_id, operator, user_id, client_address, user_agent,"
    " request_id, details"
)

# However many they are, in one statement and one round trip.
ADD_ENTRIES = f"""
INSERT INTO audit_entries ({_ENTRY})
SELECT {_ENTRY} FROM jsonb_to_recordset(%(entries)s::jsonb) AS entry (
    id uuid, occurred_at timestamptz, type text, actor_id uuid, operator text, user_id uuid,
    client_address text, user_agent text, request_id text, details jsonb
)
"""
FORGET_CLIENTS_OF_ENTRIES = """
UPDATE audit_entries SET client_address = NULL, user_agent = NULL
WHERE user_id = %(user_id)s AND operator IS NULL AND (actor_id IS NULL OR actor_id = user_id)
  AND (client_address IS NOT NULL OR user_agent IS NOT NULL)
"""

_WITHIN = "(occurred_at, id) < (%(time)s, %(id)s) AND occurred_at >= %(since)s"
_NEWEST = "ORDER BY occurred_at DESC, id DESC LIMIT %(limit)s"

ENTRIES = f"SELECT {_ENTRY} FROM audit_entries WHERE {_WITHIN} {_NEWEST}"
ENTRIES_OF_USER = f"""
SELECT {_ENTRY} FROM audit_entries WHERE user_id = %(user_id)s AND {_WITHIN} {_NEWEST}
"""
ENTRIES_OF_TYPE = f"""
SELECT {_ENTRY} FROM audit_entries WHERE type = %(type)s AND {_WITHIN} {_NEWEST}
"""
ENTRIES_OF_USER_AND_TYPE = f"""
SELECT {_ENTRY} FROM audit_entries
WHERE user_id = %(user_id)s AND type = %(type)s AND {_WITHIN} {_NEWEST}
"""
