"""Every statement fits the migrated schema; a new constant is tested by being there."""

import sqlite3
from collections import defaultdict

import pytest

from adapters.sqlite import audit_sql, expired_sql, sql

STATEMENTS = {
    name: text
    for module in (sql, audit_sql, expired_sql)
    for name, text in vars(module).items()
    if name.isupper() and name[0] != "_"
}


@pytest.mark.parametrize("name", STATEMENTS)
def test_statement_fits_the_schema(name: str, migrated_sqlite_url: str) -> None:
    connection = sqlite3.connect(migrated_sqlite_url.removeprefix("sqlite:///"))
    values: defaultdict[str, int] = defaultdict(int)

    connection.execute(f"EXPLAIN {STATEMENTS[name]}", values)
    connection.close()


@pytest.mark.parametrize(
    ("name", "index"),
    [
        ("ACTIVE_ADMINS", "users_active_admins"),
        ("FIND_USER_VIEW", "users_email_key"),
        ("CREDENTIALS_BY_EMAIL", "users_email_key"),
        ("COUNT_PREFIX", "COVERING INDEX users_by_email"),
        ("PAGE_OF_FEW", "COVERING INDEX users_by_email"),
        ("PAGE_BY_STATE", "users_by_state"),
        ("PAGE", "PRIMARY KEY"),
        ("END_SESSIONS", "sessions_running"),
        ("FORGET_CLIENTS", "sessions_by_user"),
        ("LIVE_SESSIONS", "sessions_running"),
        ("END_SURPLUS", "sessions_running"),
        ("SURPLUS_SESSIONS", "sessions_running"),
        ("RUNNING_SESSIONS", "sessions_running"),
        ("SESSIONS", "sessions_by_user"),
        ("GET_TOKEN", "PRIMARY KEY"),
        ("ENTRIES", "audit_entries_by_time"),
        ("ENTRIES_OF_USER", "audit_entries_by_user"),
        ("ENTRIES_OF_TYPE", "audit_entries_by_type"),
        ("FORGET_CLIENTS_OF_ENTRIES", "audit_entries_by_user"),
        ("OWNERS", "users_email_key"),
        ("OWNERS", "audit_entries_by_user"),
        ("STREAM", "PRIMARY KEY"),
        ("REMOVE_TOKENS", "refresh_tokens_by_expiry"),
        ("REMOVE_SESSIONS", "sessions_by_expiry"),
        ("REMOVE_SESSIONS", "refresh_tokens_by_generation"),
        ("REMOVE_RECORDS", "idempotency_records_by_expiry"),
        ("REMOVE_ENTRIES", "audit_entries_by_time"),
    ],
)
def test_statement_finds_its_rows_by_index(name: str, index: str, migrated_sqlite_url: str) -> None:
    connection = sqlite3.connect(migrated_sqlite_url.removeprefix("sqlite:///"))
    plan = connection.execute(f"EXPLAIN QUERY PLAN {STATEMENTS[name]}", defaultdict(int))
    steps = [row[3] for row in plan]
    connection.close()

    assert any(index in step for step in steps), steps
    # Only an index of what is looked for, and of nothing else, may be read from end to end.
    scans = [step for step in steps if step.startswith("SCAN users") and "INDEX" not in step]
    assert not scans
