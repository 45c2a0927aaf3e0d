"""Statements of the purge; the oldest records go first, by the index."""
# ruff: noqa: S105, S608 - no TOKEN here is a secret, and what is put into a statement are
# fragments of this file

_TOKEN_IS_OVER = """
t.expires_at <= :now
AND (s.expires_at <= :now OR t.expires_at <= :superseded AND t.generation < s.generation)
"""
# CROSS JOIN: by their own time, never through all sessions.
_TOKENS = "refresh_tokens t INDEXED BY refresh_tokens_by_expiry CROSS JOIN sessions s"

REMOVE_TOKENS = f"""
DELETE FROM refresh_tokens WHERE digest IN (
    SELECT t.digest FROM {_TOKENS} ON s.id = t.session_id
    WHERE {_TOKEN_IS_OVER} ORDER BY t.expires_at LIMIT :limit
)
RETURNING 1
"""
COUNT_TOKENS = f"""
SELECT count(*) FROM {_TOKENS} ON s.id = t.session_id WHERE {_TOKEN_IS_OVER}
"""

REMOVE_SESSIONS = """
DELETE FROM sessions WHERE id IN (
    SELECT s.id FROM sessions s INDEXED BY sessions_by_expiry
    WHERE s.expires_at <= :now
      AND NOT EXISTS (SELECT 1 FROM refresh_tokens t WHERE t.session_id = s.id)
    ORDER BY s.expires_at LIMIT :limit
)
RETURNING 1
"""
COUNT_SESSIONS = """
SELECT count(*) FROM sessions s INDEXED BY sessions_by_expiry
WHERE s.expires_at <= :now
  AND NOT EXISTS (
      SELECT 1 FROM refresh_tokens t WHERE t.session_id = s.id AND t.expires_at > :now
  )
"""

REMOVE_RECORDS = """
DELETE FROM idempotency_records WHERE digest IN (
    SELECT digest FROM idempotency_records WHERE expires_at <= :now
    ORDER BY expires_at LIMIT :limit
)
RETURNING 1
"""
COUNT_RECORDS = "SELECT count(*) FROM idempotency_records WHERE expires_at <= :now"

REMOVE_ENTRIES = """
DELETE FROM audit_entries WHERE id IN (
    SELECT id FROM audit_entries WHERE occurred_at < :audit_before
    ORDER BY occurred_at, id LIMIT :limit
)
RETURNING 1
"""
COUNT_ENTRIES = "SELECT count(*) FROM audit_entries WHERE occurred_at < :audit_before"
