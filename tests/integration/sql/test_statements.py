"""Every statement fits the migrated schema of both engines; a new one is tested by being there."""

import re
import sqlite3
from collections import defaultdict

import psycopg
import pytest

from adapters.postgres.dialect import POSTGRESQL
from adapters.sql import audit, expired, idempotency, sessions, users
from adapters.sql.dialect import Statement
from adapters.sqlite.dialect import SQLITE

STATEMENTS = {
    name: statement
    for module in (audit, expired, idempotency, sessions, users)
    for name, statement in vars(module).items()
    if isinstance(statement, Statement)
}
OVERRIDDEN = {"ADD_NEW_USERS", "IMPORTED_KEYS", "LOCK_USERS_AND_ADMINS"}
"""What the engines cannot share: COPY into a temporary table; planners that need another hint."""
ON_A_TEMPORARY_TABLE = {"ADD_NEW_USERS"}


def test_only_these_statements_differ_between_the_engines() -> None:
    assert {name for name, each in STATEMENTS.items() if each.overrides} == OVERRIDDEN


@pytest.mark.parametrize("name", STATEMENTS)
def test_statement_fits_sqlite(name: str, migrated_sqlite_url: str) -> None:
    connection = sqlite3.connect(migrated_sqlite_url.removeprefix("sqlite:///"))
    values: defaultdict[str, int] = defaultdict(int)

    connection.execute(f"EXPLAIN {SQLITE.text(STATEMENTS[name])}", values)
    connection.close()


@pytest.mark.parametrize("name", STATEMENTS)
def test_statement_fits_postgresql(name: str, migrated_postgres_url: str) -> None:
    with psycopg.connect(migrated_postgres_url) as connection:
        if name in ON_A_TEMPORARY_TABLE:
            connection.execute("CREATE TEMPORARY TABLE incoming (LIKE users)")
        statement = _numbered(POSTGRESQL.text(STATEMENTS[name]))
        result = connection.pgconn.prepare(b"", statement.encode())

        assert result.status == psycopg.pq.ExecStatus.COMMAND_OK, result.error_message


@pytest.mark.parametrize(
    ("name", "index"),
    [
        ("LOCK_USERS_AND_ADMINS", "users_active_admins"),
        ("FIND_USER", "users_email_key"),
        ("CREDENTIALS_BY_EMAIL", "users_email_key"),
        ("COUNT_PREFIX", "COVERING INDEX users_by_email"),
        ("PAGE_OF_FEW", "COVERING INDEX users_by_email"),
        ("PAGE_BY_STATE", "users_by_state"),
        ("PAGE", "PRIMARY KEY"),
        ("FORGET_CLIENTS", "sessions_by_user"),
        ("LIVE_SESSIONS", "sessions_running"),
        ("SURPLUS_SESSIONS", "sessions_running"),
        ("RUNNING_SESSIONS", "sessions_running"),
        ("SESSIONS", "sessions_by_user"),
        ("LOCK_SESSION_OF_TOKEN", "PRIMARY KEY"),
        ("GET_TOKEN", "PRIMARY KEY"),
        ("ENTRIES", "audit_entries_by_time"),
        ("ENTRIES_OF_USER", "audit_entries_by_user"),
        ("ENTRIES_OF_TYPE", "audit_entries_by_type"),
        ("FORGET_CLIENTS_OF_ENTRIES", "audit_entries_by_user"),
        ("IMPORTED_KEYS", "users_email_key"),
        ("IMPORTED_KEYS", "audit_entries_by_user"),
        ("STREAM", "PRIMARY KEY"),
        ("REMOVE_TOKENS", "refresh_tokens_by_expiry"),
        ("REMOVE_SESSIONS", "sessions_by_expiry"),
        ("REMOVE_RECORDS", "idempotency_records_by_expiry"),
        ("REMOVE_ENTRIES", "audit_entries_by_time"),
    ],
)
def test_sqlite_finds_rows_by_index(name: str, index: str, migrated_sqlite_url: str) -> None:
    connection = sqlite3.connect(migrated_sqlite_url.removeprefix("sqlite:///"))
    statement = SQLITE.text(STATEMENTS[name])
    plan = connection.execute(f"EXPLAIN QUERY PLAN {statement}", defaultdict(int))
    steps = [row[3] for row in plan]
    connection.close()

    assert any(index in step for step in steps), steps
    # Only an index of what is looked for, and of nothing else, may be read from end to end.
    scans = [step for step in steps if step.startswith("SCAN users") and "INDEX" not in step]
    assert not scans


@pytest.mark.parametrize(
    ("name", "index"),
    [
        ("LOCK_USERS", "users_pkey"),
        ("LOCK_USERS_AND_ADMINS", "users_active_admins"),
        ("FIND_USER", "users_email_key"),
        ("CREDENTIALS_BY_EMAIL", "users_email_key"),
        ("CREDENTIALS_BY_EMAIL", "sessions_by_network"),
        ("PAGE", "users_pkey"),
        ("COUNT_PREFIX", "Index Only Scan using users_email_key"),
        ("PAGE_OF_FEW", "Index Only Scan using users_email_key"),
        ("PAGE_BY_STATE", "users_by_state"),
        ("RUNNING_SESSIONS", "sessions_running"),
        ("SURPLUS_SESSIONS", "sessions_running"),
        ("END_SESSION", "sessions_pkey"),
        ("FORGET_CLIENTS", "sessions_by_user"),
        ("LIVE_SESSIONS", "sessions_running"),
        # Both find those of a user; which one is cheaper depends on how many they are.
        ("SESSIONS", "sessions_by_"),
        ("LOCK_SESSION_OF_TOKEN", "sessions_pkey"),
        ("ENTRIES", "audit_entries_by_time"),
        ("ENTRIES_OF_USER", "audit_entries_by_user"),
        ("ENTRIES_OF_TYPE", "audit_entries_by_type"),
        ("FORGET_CLIENTS_OF_ENTRIES", "audit_entries_by_user"),
        ("IMPORTED_KEYS", "users_email_key"),
        ("IMPORTED_KEYS", "audit_entries_by_user"),
        ("STREAM", "users_pkey"),
        ("REMOVE_TOKENS", "refresh_tokens_by_expiry"),
        ("REMOVE_SESSIONS", "sessions_by_expiry"),
        ("REMOVE_SESSIONS", "refresh_tokens_by_generation"),
        ("REMOVE_RECORDS", "idempotency_records_by_expiry"),
        ("REMOVE_ENTRIES", "audit_entries_by_time"),
    ],
)
def test_postgresql_finds_rows_by_index(name: str, index: str, migrated_postgres_url: str) -> None:
    values = {
        "id": NOBODY,
        "actor_id": NOBODY,
        "key": "a@example.com",
        "network": "192.0.2.0/24",
        "keys": ["1@example.com"],
        "after": NOBODY,
        "low": "" if name in WALKS else "1@e",
        "high": "\U0010ffff" if name in WALKS else "1@f",
        "before": "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "user_id": NOBODY,
        "keep": 3 if name == "SURPLUS_SESSIONS" else NOBODY,
        "nobody": NOBODY,
        "session_id": NOBODY,
        "active": True,
        "or_active": False,
        "most": 100,
        "limit": 10,
        "now": "2026-01-01T00:00:00Z",
        "reason": "revoked",
        "digest": b"",
        "time": "2026-01-01T00:00:00Z",
        "since": "2025-01-01T00:00:00Z",
        "type": "role.granted",
        "superseded": "2026-01-01T00:00:00Z",
        "audit_before": "2025-01-01T00:00:00Z",
    }
    with psycopg.connect(migrated_postgres_url, autocommit=True) as connection:
        connection.execute(FILL)
        connection.execute("VACUUM ANALYZE")
        connection.execute("SET enable_seqscan = off")
        plan = "\n".join(
            row[0]
            for row in connection.execute(f"EXPLAIN {POSTGRESQL.text(STATEMENTS[name])}", values)
        )

    assert index in plan, plan


NOBODY = "00000000-0000-0000-0000-000000000000"
WALKS = {"PAGE", "PAGE_BY_STATE"}
"""They are for many matches."""

FILL = """
WITH added AS (
    INSERT INTO users (id, email, email_key, password_hash, roles, is_active, created_at,
                       updated_at)
    SELECT gen_random_uuid(), n || '@example.com', n || '@example.com', '', '{}', n % 2 = 0,
           now(), now()
    FROM generate_series(1, 2000) AS n
    RETURNING id
)
INSERT INTO sessions (id, user_id, created_at, last_used_at, expires_at, ended_at, end_reason,
                      generation, siblings)
SELECT gen_random_uuid(), id, now(), now(), now(), CASE WHEN n > 0 THEN now() END,
       CASE WHEN n > 0 THEN 'revoked' END, 0, 1
FROM added, generate_series(0, 5) AS n
"""


def _numbered(statement: str) -> str:
    """Write `%(name)s` as `$1`, as psycopg does."""
    names: dict[str, int] = {}
    return re.sub(
        r"%\((\w+)\)s", lambda found: f"${names.setdefault(found[1], len(names) + 1)}", statement
    )
