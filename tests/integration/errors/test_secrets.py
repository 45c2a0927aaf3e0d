"""What the service tells of an outage: never the password with which it tried."""

import subprocess
from pathlib import Path

import httpx
import pytest

from tests.integration.processes import ARMATURE, PATIENCE, environment, free_port, serving

PASSWORD = "hunter2-hunter2"
VARIABLES = {
    "APP_ENV": "test",
    "JWT_SECRET": "a secret for tests only, of enough bytes",
    "PASSWORD_HASHER": "argon2id://?m=8&t=1&p=1",
    "LOG_LEVEL": "debug",
}


@pytest.mark.parametrize("command", [("serve",), ("users", "list"), ("db", "upgrade")])
def test_a_database_that_is_down_is_told_without_its_password(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    url = f"postgresql://app:{PASSWORD}@127.0.0.1:{free_port()}/app?connect_timeout=2"
    (tmp_path / "url").write_text(url)
    variables = {**VARIABLES, "DATABASE_URL_FILE": str(tmp_path / "url")}

    done = subprocess.run(
        [ARMATURE, *command],
        cwd=tmp_path,
        env=environment(**variables, HTTP_PORT=str(free_port())),
        capture_output=True,
        check=False,
        text=True,
        timeout=PATIENCE,
    )

    assert done.returncode == 10
    assert "Connection refused" in done.stderr
    assert PASSWORD not in done.stdout + done.stderr


def test_a_cache_that_is_down_is_logged_without_its_password(tmp_path: Path) -> None:
    cache = f"redis://app:{PASSWORD}@127.0.0.1:{free_port()}/0"
    variables = {**VARIABLES, "DATABASE_URL": "memory://", "CACHE_URL": cache}

    with serving(tmp_path, variables) as server:
        body = {"email": "ann@example.com", "password": "Correct-Horse-1"}
        made = httpx.post(f"{server.url}/api/v1/auth/register", json=body).json()["data"]
        bearer = {"Authorization": f"Bearer {made['token']}"}
        read = httpx.get(f"{server.url}/api/v1/users/me", headers=bearer)
        _, said = server.stop()

    assert read.is_success
    assert "cache failed open" in said
    assert PASSWORD not in said
    assert body["password"] not in said
    assert made["token"] not in said
