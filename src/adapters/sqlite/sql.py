"""SQL statements; a test prepares each against the migrated schema."""
# ruff: noqa: S105, S608 - no TOKEN here is a secret, and what is put into a statement are
# fragments of this file

BEGIN = "BEGIN IMMEDIATE"
COMMIT = "COMMIT"

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
VALUES (:id, :email, :email_key, :name, :bio, :website, :password_hash, :roles, :is_active,
        :created_at, :updated_at, :closed_at)
"""
GET_USER = f"SELECT {_USER} FROM users WHERE id = :id AND closed_at IS NULL"
GET_USERS = f"SELECT {_USER} FROM users WHERE id IN (:id, :actor_id) AND closed_at IS NULL"
SAVE_USER = """
UPDATE users
SET email = :email, email_key = :email_key, name = :name, bio = :bio, website = :website,
    password_hash = :password_hash, roles = :roles, is_active = :is_active,
    updated_at = :updated_at, closed_at = :closed_at
WHERE id = :id
"""
# Word for word the condition of the index.
ACTIVE_ADMINS = """
SELECT id FROM users INDEXED BY users_active_admins
WHERE is_active = 1 AND closed_at IS NULL AND instr(roles, '"admin"') > 0
"""

GET_USER_VIEW = f"SELECT {_USER_VIEW} FROM users WHERE id = :id AND closed_at IS NULL"
FIND_USER_VIEW = f"SELECT {_USER_VIEW} FROM users WHERE email_key = :key AND closed_at IS NULL"

# A page is found in one of two ways, and the number of matches says which: if they are few, all
# their ids are taken from the index of addresses and sorted; if many, enough of them are met soon
# when walking down the ids. SQLite cannot tell by itself, for it does not look at the bounds:
# INDEXED BY and the unary plus decide.
COUNT_PREFIX = """
SELECT count(*) FROM (
    SELECT 1 FROM users INDEXED BY users_by_email
    WHERE email_key >= :low AND email_key < :high LIMIT :most
)
"""
PAGE_OF_FEW = f"""
SELECT {_USER_VIEW} FROM users
WHERE id IN (
    SELECT id FROM users INDEXED BY users_by_email
    WHERE email_key >= :low AND email_key < :high AND closed_at IS NULL
      AND is_active IN (:active, :or_active) AND id < :before
    ORDER BY id DESC LIMIT :limit
)
ORDER BY id DESC
"""
PAGE = f"""
SELECT {_USER_VIEW} FROM users
WHERE closed_at IS NULL AND id < :before AND +email_key >= :low AND +email_key < :high
ORDER BY id DESC LIMIT :limit
"""
PAGE_BY_STATE = f"""
SELECT {_USER_VIEW} FROM users INDEXED BY users_by_state
WHERE closed_at IS NULL AND is_active = :active AND id < :before
  AND +email_key >= :low AND +email_key < :high
ORDER BY id DESC LIMIT :limit
"""

# One row and the same look-ups whether there is such an account or not.
CREDENTIALS_BY_EMAIL = """
SELECT u.id, u.password_hash, u.is_active, EXISTS (
    SELECT 1 FROM sessions s
    WHERE s.user_id = coalesce(u.id, zeroblob(16))
      AND s.network = :network AND s.last_used_at > :since
)
FROM (SELECT 1) AS one
LEFT JOIN users u ON u.email_key = :key AND u.closed_at IS NULL
"""
CREDENTIALS_BY_ID = """
SELECT id, password_hash, is_active FROM users WHERE id = :id AND closed_at IS NULL
"""

# Without a target, so that an id that is taken is no error either.
ADD_NEW_USER = f"""
INSERT INTO users ({_USER})
VALUES (:id, :email, :email_key, :name, :bio, :website, :password_hash, :roles, :is_active,
        :created_at, :updated_at, :closed_at)
ON CONFLICT DO NOTHING
"""
# By what few entries a user has: after an import, all users have one of that type.
OWNERS = """
SELECT email_key, EXISTS (
    SELECT 1 FROM audit_entries INDEXED BY audit_entries_by_user
    WHERE audit_entries.user_id = users.id AND audit_entries.type = :type
) FROM json_each(:keys) CROSS JOIN users INDEXED BY users_email_key ON email_key = value
WHERE closed_at IS NULL
"""
STREAM = f"""
SELECT {_USER} FROM users WHERE id > :after AND closed_at IS NULL ORDER BY id LIMIT :limit
"""
BEGIN_READING = "BEGIN DEFERRED"

ADD_SESSION = f"""
INSERT INTO sessions ({_SESSION})
VALUES (:id, :user_id, :created_at, :last_used_at, :expires_at, :ended_at, :end_reason,
        :generation, :siblings, :client_address, :user_agent, :began_at, :recovery_parent,
        :recovery_generation, :mode, :network)
"""
GET_SESSION = f"SELECT {_SESSION} FROM sessions WHERE id = :id"
SAVE_SESSION = """
UPDATE sessions
SET last_used_at = :last_used_at, expires_at = :expires_at, ended_at = :ended_at,
    end_reason = :end_reason, generation = :generation, siblings = :siblings,
    client_address = :client_address, user_agent = :user_agent, began_at = :began_at,
    recovery_parent = :recovery_parent, recovery_generation = :recovery_generation,
    mode = :mode, network = :network
WHERE id = :id
"""
RUNNING_SESSIONS = """
SELECT id FROM sessions INDEXED BY sessions_running
WHERE user_id = :user_id AND ended_at IS NULL AND id IS NOT :keep LIMIT :limit
"""
END_SESSIONS = f"""
UPDATE sessions SET ended_at = :now, end_reason = :reason WHERE id IN ({RUNNING_SESSIONS})
"""
SURPLUS_SESSIONS = """
SELECT id FROM sessions INDEXED BY sessions_running
WHERE user_id = :user_id AND ended_at IS NULL AND expires_at > :now
ORDER BY last_used_at DESC, id DESC LIMIT :limit OFFSET :keep
"""
END_SURPLUS = f"""
UPDATE sessions SET ended_at = :now, end_reason = :reason WHERE id IN ({SURPLUS_SESSIONS})
"""
CHANGES = "SELECT changes()"
FORGET_CLIENTS = """
UPDATE sessions SET client_address = NULL, user_agent = NULL, network = NULL
WHERE user_id = :user_id
"""

ADD_TOKEN = """
INSERT INTO refresh_tokens (digest, session_id, generation, issued_at, expires_at)
VALUES (:digest, :session_id, :generation, :issued_at, :expires_at)
"""
# With its session, which costs a second look at the file and no second word to the thread.
GET_TOKEN = f"""
SELECT t.digest, t.session_id, t.generation, t.issued_at, t.expires_at, {_SESSION_OF_TOKEN}
FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id WHERE t.digest = :digest
"""

FIND_LIVE_SESSION = """
SELECT s.user_id, u.roles, s.recovery_parent, s.recovery_generation, s.mode
FROM sessions s JOIN users u ON u.id = s.user_id
WHERE s.id = :id AND s.ended_at IS NULL AND s.expires_at > :now
  AND u.is_active = 1 AND u.closed_at IS NULL
"""
SESSIONS = f"""
SELECT {_SESSION} FROM sessions
WHERE user_id = :user_id AND id < :before
ORDER BY id DESC LIMIT :limit
"""
LIVE_SESSIONS = f"""
SELECT {_SESSION} FROM sessions INDEXED BY sessions_running
WHERE user_id = :user_id AND id < :before AND ended_at IS NULL AND expires_at > :now
ORDER BY id DESC LIMIT :limit
"""

FIND_RECORD = """
SELECT digest, fingerprint, user_id, expires_at FROM idempotency_records
WHERE digest = :digest AND expires_at > :now
"""
# Gives no row when there is a record that has not expired.
CLAIM_KEY = """
INSERT INTO idempotency_records (digest, fingerprint, user_id, expires_at)
VALUES (:digest, :fingerprint, :user_id, :expires_at)
ON CONFLICT (digest) DO UPDATE
SET fingerprint = excluded.fingerprint, user_id = excluded.user_id,
    expires_at = excluded.expires_at
WHERE idempotency_records.expires_at <= :now
RETURNING digest
"""
