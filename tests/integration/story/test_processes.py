"""The story with a real server and real commands, each a process of its own."""

from functools import partial
from pathlib import Path

import httpx
import pytest

from tests.integration.forked import forked_armature
from tests.integration.processes import serving
from tests.integration.story.drivers import Cli, Http
from tests.integration.story.story import tell

VARIABLES = {
    "APP_ENV": "test",
    "ROLES": "admin,editor",
    "JWT_SECRET": "a secret for tests only, of enough bytes",
    "REFRESH_GRACE": "0s",
    "PASSWORD_HASHER": "argon2id://?m=8&t=1&p=1",
    "RATE_LIMIT_URL": "none://",
}


@pytest.mark.parametrize(
    "database",
    [
        "migrated_sqlite_url",
        "migrated_postgres_url",
        pytest.param("pgbouncer_url", marks=pytest.mark.pgbouncer),
    ],
)
def test_commands_and_requests_meet_in_one_database(
    request: pytest.FixtureRequest, tmp_path: Path, database: str
) -> None:
    variables = VARIABLES | {"DATABASE_URL": request.getfixturevalue(database)}
    if database == "pgbouncer_url":
        variables["DATABASE_PREPARE_THRESHOLD"] = "0"

    with (
        serving(tmp_path, variables) as server,
        httpx.Client(base_url=server.url, timeout=30) as client,
    ):
        cli = Cli(partial(forked_armature, tmp_path, **variables))
        http = Http(client.request)

        # A process trusts what it has read for a second at most.
        tell([cli, http, http], operator=cli, patience=1.5)

        code, said = server.stop()

    assert code == 0
    assert "Traceback" not in said
