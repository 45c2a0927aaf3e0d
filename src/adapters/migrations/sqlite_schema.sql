CREATE TABLE armature_version (
    version_num VARCHAR(32) NOT NULL,
    CONSTRAINT armature_version_pkc PRIMARY KEY (version_num)
);
CREATE TABLE users (
    id BLOB NOT NULL,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL,
    name TEXT,
    bio TEXT,
    website TEXT,
    password_hash TEXT NOT NULL,
    roles TEXT NOT NULL,
    is_active INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    closed_at INTEGER,
    PRIMARY KEY (id),
    CONSTRAINT users_closed_keep_nothing CHECK (closed_at IS NULL OR (password_hash = '' AND name IS NULL AND bio IS NULL AND website IS NULL))
)
 WITHOUT ROWID,
 STRICT

;
CREATE UNIQUE INDEX users_email_key ON users (email_key) WHERE closed_at IS NULL;
CREATE INDEX users_by_email ON users (email_key, is_active, closed_at);
CREATE INDEX users_by_state ON users (is_active, id) WHERE closed_at IS NULL;
CREATE INDEX users_active_admins ON users (id) WHERE is_active = 1 AND closed_at IS NULL AND instr(roles, '"admin"') > 0;
CREATE TABLE sessions (
    id BLOB NOT NULL,
    user_id BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    ended_at INTEGER,
    end_reason TEXT,
    generation INTEGER NOT NULL,
    siblings INTEGER NOT NULL,
    client_address TEXT,
    user_agent TEXT, began_at INTEGER, recovery_parent INTEGER, recovery_generation INTEGER, mode TEXT, network TEXT,
    PRIMARY KEY (id),
    CONSTRAINT sessions_end_for_a_reason CHECK ((ended_at IS NULL) = (end_reason IS NULL)),
    CONSTRAINT sessions_count_up CHECK (generation >= 0 AND siblings >= 1),
    FOREIGN KEY(user_id) REFERENCES users (id)
)
 WITHOUT ROWID,
 STRICT

;
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
CREATE TABLE refresh_tokens (
    digest BLOB NOT NULL,
    session_id BLOB NOT NULL,
    generation INTEGER NOT NULL,
    issued_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (digest),
    CONSTRAINT refresh_tokens_are_digests CHECK (length(digest) = 32),
    CONSTRAINT refresh_tokens_count_up CHECK (generation >= 0),
    FOREIGN KEY(session_id) REFERENCES sessions (id) ON DELETE CASCADE
)
 WITHOUT ROWID,
 STRICT

;
CREATE INDEX refresh_tokens_by_generation ON refresh_tokens (session_id, generation, issued_at);
CREATE INDEX refresh_tokens_by_expiry ON refresh_tokens (expires_at);
CREATE TABLE idempotency_records (
    digest BLOB NOT NULL,
    fingerprint BLOB NOT NULL,
    user_id BLOB NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (digest),
    CONSTRAINT idempotency_records_are_macs CHECK (length(digest) = 32 AND length(fingerprint) = 32),
    FOREIGN KEY(user_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED
)
 WITHOUT ROWID,
 STRICT

;
CREATE INDEX idempotency_records_by_expiry ON idempotency_records (expires_at);
CREATE TABLE audit_entries (
    id BLOB NOT NULL,
    occurred_at INTEGER NOT NULL,
    type TEXT NOT NULL,
    actor_id BLOB,
    operator TEXT,
    user_id BLOB,
    client_address TEXT,
    user_agent TEXT,
    request_id TEXT NOT NULL,
    details TEXT NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT audit_entries_have_one_actor CHECK (actor_id IS NULL OR operator IS NULL)
)
 WITHOUT ROWID,
 STRICT

;
CREATE INDEX audit_entries_by_time ON audit_entries (occurred_at, id);
CREATE INDEX audit_entries_by_user ON audit_entries (user_id, occurred_at, id);
CREATE INDEX audit_entries_by_type ON audit_entries (type, occurred_at, id);
CREATE INDEX sessions_by_network ON sessions (user_id, network, last_used_at);
CREATE INDEX sessions_running ON sessions (user_id, id) WHERE ended_at IS NULL;
CREATE INDEX sessions_by_user ON sessions (user_id, id);
INSERT INTO armature_version VALUES ('0004')
