"""Statements of the purge.

What is removed is chosen and locked in a part of its own, once: an UPDATE or a lock that came in
between makes the choice be checked again on the row as it is then, and what somebody else has in
hand is left out. The oldest come first, by the index on their time.
"""
# ruff: noqa: S105, S608 - no TOKEN here is a secret, and what is put into a statement are
# fragments of this file

_TOKEN_IS_OVER = """
t.expires_at <= %(now)s
AND (s.expires_at <= %(now)s OR t.expires_at <= %(superseded)s AND t.generation < s.generation)
"""
REMOVE_TOKENS = f"""
WITH over AS MATERIALIZED (
    SELECT t.digest FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id
    WHERE {_TOKEN_IS_OVER}
    ORDER BY t.expires_at LIMIT %(limit)s FOR UPDATE OF t SKIP LOCKED
)
DELETE FROM refresh_tokens USING over WHERE refresh_tokens.digest = over.digest
"""
COUNT_TOKENS = f"""
SELECT count(*) FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id
WHERE {_TOKEN_IS_OVER}
"""

# The subquery is no NOT EXISTS, which the planner would answer by reading all tokens first.
REMOVE_SESSIONS = """
WITH over AS MATERIALIZED (
    SELECT id FROM sessions
    WHERE expires_at <= %(now)s
      AND (SELECT t.digest FROM refresh_tokens t WHERE t.session_id = sessions.id LIMIT 1) IS NULL
    ORDER BY expires_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
DELETE FROM sessions USING over WHERE sessions.id = over.id
"""
COUNT_SESSIONS = """
SELECT count(*) FROM sessions
WHERE expires_at <= %(now)s
  AND NOT EXISTS (
      SELECT FROM refresh_tokens t
      WHERE t.session_id = sessions.id AND t.expires_at > %(now)s
  )
"""

REMOVE_RECORDS = """
WITH over AS MATERIALIZED (
    SELECT digest FROM idempotency_records WHERE expires_at <= %(now)s
    ORDER BY expires_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
DELETE FROM idempotency_records USING over WHERE idempotency_records.digest = over.digest
"""
COUNT_RECORDS = "SELECT count(*) FROM idempotency_records WHERE expires_at <= %(now)s"

REMOVE_ENTRIES = """
WITH over AS MATERIALIZED (
    SELECT id FROM audit_entries WHERE occurred_at < %(audit_before)s
    ORDER BY occurred_at, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
DELETE FROM audit_entries USING over WHERE audit_entries.id = over.id
"""
COUNT_ENTRIES = "SELECT count(*) FROM audit_entries WHERE occurred_at < %(audit_before)s"
