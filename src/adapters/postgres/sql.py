"""SQL statements; a test prepares each against the migrated schema."""
# ruff: noqa: S105, S608 - no TOKEN here is a secret, and what is put into a statement are
# fragments of this file

SERVER = (
    "SELECT clock_timestamp(),"
    " current_setting('max_connections')::int"
    " - current_setting('superuser_reserved_connections')::int,"
    " current_setting('transaction_read_only') = 'off'"
)

_USER = (
    "id, email, email_key, name, bio, website, password_hash, roles, is_active,"
    " created_at, updated_at, closed_at"
)
_USER_VIEW = "id, email, name, bio, website, roles, is_active, created_at, updated_at"
_SESSION = (
    "id, user_id, created_at, last_used_at, expires_at, ended_at, end_reason,"
    " generation, siblings, client_address, user_agent, began_at, recovery_parent,"
    " recovery_generation, mode, network"
)
_SESSION_OF_TOKEN = (
    "s.id, s.user_id, s.created_at, s.last_used_at, s.expires_at, s.ended_at, s.end_reason,"
    " s.generation, s.siblings, s.client_address, s.user_agent, s.began_at, s.recovery_parent,"
    " s.recovery_generation, s.mode, s.network"
)

ADD_USER = f"""
INSERT INTO users ({_USER})
VALUES (%(id)s, %(email)s, %(email_key)s, %(name)s, %(bio)s, %(website)s, %(password_hash)s,
        %(roles)s, %(is_active)s, %(created_at)s, %(updated_at)s, %(closed_at)s)
"""
# NO KEY: nobody changes an id, so sessions may be opened while their user is locked.
GET_USER = f"""
SELECT {_USER} FROM users WHERE id = %(id)s AND closed_at IS NULL FOR NO KEY UPDATE
"""
SAVE_USER = """
UPDATE users
SET email = %(email)s, email_key = %(email_key)s, name = %(name)s, bio = %(bio)s,
    website = %(website)s, password_hash = %(password_hash)s, roles = %(roles)s,
    is_active = %(is_active)s, updated_at = %(updated_at)s, closed_at = %(closed_at)s
WHERE id = %(id)s
"""
# All in one statement and in the order of the ids, so that two who lock them cannot each wait for
# the other: an account locked afterwards would be out of that order, even if it was an admin until
# a moment ago.
LOCK_USERS = f"""
SELECT {_USER} FROM users WHERE id IN (%(id)s, %(actor_id)s) AND closed_at IS NULL
ORDER BY id FOR NO KEY UPDATE
"""
# The left side of the OR is the condition of the index users_active_admins.
LOCK_USERS_AND_ADMINS = f"""
SELECT {_USER} FROM users
WHERE closed_at IS NULL
  AND ((is_active AND roles @> ARRAY['admin'::text]) OR id IN (%(id)s, %(actor_id)s))
ORDER BY id FOR NO KEY UPDATE
"""

GET_USER_VIEW = f"SELECT {_USER_VIEW} FROM users WHERE id = %(id)s AND closed_at IS NULL"
FIND_USER_VIEW = f"SELECT {_USER_VIEW} FROM users WHERE email_key = %(key)s AND closed_at IS NULL"

# A page is found in one of two ways, and the number of matches says which: if they are few, all
# their ids are taken from the index of addresses and sorted; if many, enough of them are met soon
# when walking down the ids. The planner would always walk, as it takes the matches to be spread
# evenly: a block of addresses that were imported long ago would take it through the whole table.
COUNT_PREFIX = """
SELECT count(*) FROM (
    SELECT 1 FROM users
    WHERE email_key >= %(low)s AND email_key < %(high)s AND closed_at IS NULL LIMIT %(most)s
) AS matching
"""
PAGE_OF_FEW = f"""
WITH matching AS MATERIALIZED (
    SELECT id FROM users
    WHERE email_key >= %(low)s AND email_key < %(high)s AND closed_at IS NULL
      AND is_active IN (%(active)s, %(or_active)s) AND id < %(before)s
)
SELECT {_USER_VIEW} FROM users
WHERE id IN (SELECT id FROM matching ORDER BY id DESC LIMIT %(limit)s)
ORDER BY id DESC
"""
PAGE = f"""
SELECT {_USER_VIEW} FROM users
WHERE closed_at IS NULL AND id < %(before)s AND email_key >= %(low)s AND email_key < %(high)s
ORDER BY id DESC LIMIT %(limit)s
"""
PAGE_BY_STATE = f"""
SELECT {_USER_VIEW} FROM users
WHERE closed_at IS NULL AND is_active = %(active)s AND id < %(before)s
  AND email_key >= %(low)s AND email_key < %(high)s
ORDER BY id DESC LIMIT %(limit)s
"""

# One row and the same look-ups whether there is such an account or not.
CREDENTIALS_BY_EMAIL = """
SELECT u.id, u.password_hash, u.is_active, EXISTS (
    SELECT 1 FROM sessions s
    WHERE s.user_id = coalesce(u.id, '00000000-0000-0000-0000-000000000000'::uuid)
      AND s.network = %(network)s::text AND s.last_used_at > %(since)s
)
FROM (VALUES (1)) AS one
LEFT JOIN users u ON u.email_key = %(key)s AND u.closed_at IS NULL
"""
CREDENTIALS_BY_ID = """
SELECT id, password_hash, is_active FROM users WHERE id = %(id)s AND closed_at IS NULL
"""

# By what few entries a user has: after an import, all users have one of that type. The planner
# would rather read those of the type, all of them, but for OFFSET and the concatenation.
IMPORTED_KEYS = """
SELECT email_key FROM users
WHERE email_key = ANY(%(keys)s) AND closed_at IS NULL AND EXISTS (
    SELECT 1 FROM audit_entries WHERE user_id = users.id AND type || '' = %(type)s OFFSET 0
)
"""
STREAM = f"""
SELECT {_USER} FROM users WHERE id > %(after)s AND closed_at IS NULL ORDER BY id LIMIT %(limit)s
"""

# With its first token. References are checked when the whole statement is done.
ADD_SESSION = f"""
WITH added AS (
    INSERT INTO sessions ({_SESSION})
    VALUES (%(id)s, %(user_id)s, %(created_at)s, %(last_used_at)s, %(expires_at)s, %(ended_at)s,
            %(end_reason)s, %(generation)s, %(siblings)s, %(client_address)s, %(user_agent)s,
            %(began_at)s, %(recovery_parent)s, %(recovery_generation)s, %(mode)s, %(network)s)
)
INSERT INTO refresh_tokens (digest, session_id, generation, issued_at, expires_at)
VALUES (%(token_digest)s, %(token_session_id)s, %(token_generation)s, %(token_issued_at)s,
        %(token_expires_at)s)
"""
LOCK_SESSION = f"SELECT {_SESSION} FROM sessions WHERE id = %(id)s FOR NO KEY UPDATE"
LOCK_ACTING_SESSION = f"SELECT {_SESSION} FROM sessions WHERE id = %(session_id)s FOR NO KEY UPDATE"
# After a wait for the lock the session is read again, and the token need not be: nobody changes it.
LOCK_SESSION_OF_TOKEN = f"""
SELECT t.digest, t.session_id, t.generation, t.issued_at, t.expires_at, {_SESSION_OF_TOKEN}
FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id WHERE t.digest = %(digest)s
FOR NO KEY UPDATE OF s
"""
SAVE_SESSION = """
UPDATE sessions
SET last_used_at = %(last_used_at)s, expires_at = %(expires_at)s, ended_at = %(ended_at)s,
    end_reason = %(end_reason)s, generation = %(generation)s, siblings = %(siblings)s,
    client_address = %(client_address)s, user_agent = %(user_agent)s,
    began_at = %(began_at)s, recovery_parent = %(recovery_parent)s,
    recovery_generation = %(recovery_generation)s, mode = %(mode)s, network = %(network)s
WHERE id = %(id)s
"""
# Locked in the order of the ids first, as an UPDATE alone would take them as they come.
END_SESSIONS = """
WITH running AS (
    SELECT id FROM sessions
    WHERE user_id = %(user_id)s AND ended_at IS NULL AND id IS DISTINCT FROM %(keep)s
    ORDER BY id FOR NO KEY UPDATE
), ended AS (
    UPDATE sessions SET ended_at = %(now)s, end_reason = %(reason)s
    FROM running WHERE sessions.id = running.id
    RETURNING sessions.id
)
SELECT count(*), (array_agg(id))[1:%(most)s] FROM ended
"""
END_SURPLUS = """
WITH surplus AS (
    SELECT id FROM sessions
    WHERE user_id = %(user_id)s AND ended_at IS NULL AND expires_at > %(now)s
    ORDER BY last_used_at DESC, id DESC OFFSET %(keep)s
), running AS (
    SELECT id FROM sessions WHERE id IN (SELECT id FROM surplus) AND ended_at IS NULL
    ORDER BY id FOR NO KEY UPDATE
), ended AS (
    UPDATE sessions SET ended_at = %(now)s, end_reason = %(reason)s
    FROM running WHERE sessions.id = running.id
    RETURNING sessions.id
)
SELECT count(*), (array_agg(id))[1:%(most)s] FROM ended
"""
FORGET_CLIENTS = """
WITH every AS (
    SELECT id FROM sessions WHERE user_id = %(user_id)s ORDER BY id FOR NO KEY UPDATE
)
UPDATE sessions SET client_address = NULL, user_agent = NULL, network = NULL
FROM every WHERE sessions.id = every.id
"""

ADD_TOKEN = """
INSERT INTO refresh_tokens (digest, session_id, generation, issued_at, expires_at)
VALUES (%(digest)s, %(session_id)s, %(generation)s, %(issued_at)s, %(expires_at)s)
"""

FIND_LIVE_SESSION = """
SELECT s.user_id, u.roles, s.recovery_parent, s.recovery_generation, s.mode
FROM sessions s JOIN users u ON u.id = s.user_id
WHERE s.id = %(id)s AND s.ended_at IS NULL AND s.expires_at > %(now)s
  AND u.is_active AND u.closed_at IS NULL
"""
SESSIONS = f"""
SELECT {_SESSION} FROM sessions
WHERE user_id = %(user_id)s AND id < %(before)s
ORDER BY id DESC LIMIT %(limit)s
"""
LIVE_SESSIONS = f"""
SELECT {_SESSION} FROM sessions
WHERE user_id = %(user_id)s AND id < %(before)s AND ended_at IS NULL AND expires_at > %(now)s
ORDER BY id DESC LIMIT %(limit)s
"""

FIND_RECORD = """
SELECT digest, fingerprint, user_id, expires_at FROM idempotency_records
WHERE digest = %(digest)s AND expires_at > %(now)s
"""
# Waits for whoever claims the key at this moment. Gives no row when there is a record that has not
# expired, but locks that too: it stays until this transaction ends.
CLAIM_KEY = """
INSERT INTO idempotency_records (digest, fingerprint, user_id, expires_at)
VALUES (%(digest)s, %(fingerprint)s, %(user_id)s, %(expires_at)s)
ON CONFLICT (digest) DO UPDATE
SET fingerprint = excluded.fingerprint, user_id = excluded.user_id,
    expires_at = excluded.expires_at
WHERE idempotency_records.expires_at <= %(now)s
RETURNING digest
"""
