"""Users who move in and out, by the commands themselves, which are killed in the middle."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import bcrypt
import psycopg

from tests.integration.processes import ARMATURE, PATIENCE, armature, environment

PASSWORD = "Correct-Horse-1"
COUNT = 6_000


def variables(url: str) -> dict[str, str]:
    return {
        "APP_ENV": "test",
        "DATABASE_URL": url,
        "JWT_SECRET": "a secret for tests only, of enough bytes",
        "PASSWORD_HASHER": "argon2id://?m=8&t=1&p=1",
        "LOG_LEVEL": "error",
    }


def a_file(folder: Path) -> Path:
    stored = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
    file = folder / "users.jsonl"
    with file.open("w") as lines:
        for number in range(COUNT):
            user = {"email": f"p{number}@example.com", "password_hash": stored}
            lines.write(json.dumps(user) + "\n")
    return file


def count(url: str) -> tuple[int, int]:
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT (SELECT count(*) FROM users),"
            " (SELECT count(DISTINCT user_id) FROM audit_entries WHERE type = 'user.imported')"
        ).fetchone()
    assert row is not None
    return row[0], row[1]


def test_an_import_that_was_killed_goes_on_and_each_account_is_made_once(
    migrated_postgres_url: str, tmp_path: Path
) -> None:
    url, file = migrated_postgres_url, a_file(tmp_path)
    command = [ARMATURE, "users", "import", str(file)]
    running = subprocess.Popen(
        command, cwd=tmp_path, env=environment(**variables(url)), stdout=subprocess.DEVNULL
    )
    deadline = time.monotonic() + PATIENCE
    while count(url)[0] == 0 and time.monotonic() < deadline:
        time.sleep(0.005)
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    added, told = count(url)
    assert added == told
    assert 0 < added < COUNT

    code, said, _ = armature(tmp_path, [*command[1:], "--json"], **variables(url))

    summary = json.loads(said)["import"]
    assert code == 0
    assert summary["added"] + summary["there_already"] == COUNT
    assert summary["there_already"] >= added
    assert count(url) == (COUNT, COUNT)
    login = ["auth", "login", "p7@example.com", "--password-stdin"]
    assert armature(tmp_path, login, PASSWORD, **variables(url))[0] == 0


def test_an_export_whose_reader_goes_away_ends_without_a_word(
    migrated_sqlite_url: str, tmp_path: Path
) -> None:
    file = a_file(tmp_path)
    settings = variables(migrated_sqlite_url)
    assert armature(tmp_path, ["users", "import", str(file)], **settings)[0] == 0

    export = subprocess.Popen(
        [ARMATURE, "users", "export", "-"],
        env=environment(**settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert export.stdout is not None
    assert json.loads(export.stdout.readline())["email"] == "p0@example.com"
    export.stdout.close()

    assert export.wait(PATIENCE) == 141
    assert export.stderr is not None
    assert export.stderr.read() == ""
    export.stderr.close()
