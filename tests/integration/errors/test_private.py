"""What a real server tells of a database's refusal: little to its caller, the rest to its log."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import psycopg
import pytest

from tests.integration.processes import Server, serving

EMAIL = "planted@example.com"
ID = "request-7"
SIGN_UP = {"email": EMAIL, "password": "Correct-Horse-1", "name": "Planted"}
REFUSE = {
    "sqlite": """
        CREATE TRIGGER refusing BEFORE INSERT ON users BEGIN
            SELECT RAISE(ABORT, 'refused by a trigger');
        END
    """,
    "postgres": f"ALTER TABLE users ADD CONSTRAINT refusing CHECK (email <> '{EMAIL}')",
}
SAID = {
    "sqlite": ["SQLITE_CONSTRAINT_TRIGGER", "refused by a trigger"],
    "postgres": ["sqlstate=23514", "constraint=refusing", "table=users", "CheckViolation"],
}
LOSE_A_TABLE = "ALTER TABLE users RENAME TO lost"
UNTELLABLE = [
    *("SQL", "INSERT", "SELECT", "users", "refus", "constraint", "relation", "table"),
    *("Traceback", ".py", "psycopg", "sqlite", "127.0.0.1", "migrated", "argon2"),
]


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def database(engine: str, request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(f"migrated_{engine}_url"))


@pytest.fixture
def server(database: str, tmp_path: Path) -> Iterator[Server]:
    variables = {
        "APP_ENV": "test",
        "JWT_SECRET": "a secret for tests only, of enough bytes",
        "PASSWORD_HASHER": "argon2id://?m=8&t=1&p=1",
        "DATABASE_URL": database,
        "RATE_LIMIT_URL": "none://",
    }
    with serving(tmp_path, variables) as server:
        yield server


def execute(url: str, statement: str) -> None:
    if url.startswith("sqlite:///"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as file:
            file.execute(statement)
        return
    with psycopg.connect(url) as connection:
        connection.execute(statement)


@pytest.mark.parametrize("accept", ["application/json", "application/problem+json"])
def test_a_refused_row_is_neither_in_the_answer_nor_in_the_log(
    server: Server, database: str, engine: str, accept: str
) -> None:
    execute(database, REFUSE[engine])

    answer = _sign_up(server, accept)
    _, log = server.stop()

    assert answer.status_code == 500
    assert "DATABASE_ERROR" in answer.text
    assert [word for word in [*UNTELLABLE, EMAIL] if word in answer.text] == []
    assert log.count(f"Request {ID} failed: DATABASE_ERROR") == 1
    assert [word for word in SAID[engine] if word not in log] == []
    assert [word for word in (EMAIL, "Planted", "$argon2") if word in log] == []


def test_a_missing_table_is_told_to_the_log_with_what_to_do(server: Server, database: str) -> None:
    execute(database, LOSE_A_TABLE)

    answer = _sign_up(server, "application/json")
    _, log = server.stop()

    assert answer.status_code == 500
    assert [word for word in [*UNTELLABLE, EMAIL] if word in answer.text] == []
    assert log.count(f"Request {ID} failed: DATABASE_ERROR") == 1
    assert "armature db upgrade" in log
    assert EMAIL not in log


def _sign_up(server: Server, accept: str) -> httpx.Response:
    headers = {"X-Request-ID": ID, "Accept": accept}
    return httpx.post(f"{server.url}/api/v1/auth/register", json=SIGN_UP, headers=headers)
