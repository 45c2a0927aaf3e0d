"""Servers to stop, with an account that can log in."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tests.integration.processes import PATIENCE, Server, serving

ACCOUNT = {"email": "ann@example.com", "password": "Correct-Horse-1"}
VARIABLES = {
    "APP_ENV": "test",
    "JWT_SECRET": "a secret for tests only, of enough bytes",
    "CACHE_URL": "none://",
    "RATE_LIMIT_URL": "none://",
}
"""The hasher is that of production: what takes its time can be in flight."""

LAST_LINE = "users grant you@example.org admin\n"

Serve = Callable[..., Server]


@pytest.fixture
def serve(tmp_path: Path, migrated_sqlite_url: str) -> Iterator[Serve]:
    """Start a server, with these variables more; its account is ACCOUNT."""
    with ExitStack() as servers:

        def start(**more: str) -> Server:
            variables = VARIABLES | {"DATABASE_URL": migrated_sqlite_url} | more
            server = servers.enter_context(serving(tmp_path, variables))
            _wait_for_all(server)
            registered = httpx.post(
                f"{server.url}/api/v1/auth/register", json=ACCOUNT, timeout=PATIENCE
            )
            assert registered.status_code == 201
            return server

        yield start


def _wait_for_all(server: Server) -> None:
    """Wait until every process serves: then the parent says how to begin."""
    assert server.process.stderr is not None
    assert any(line.endswith(LAST_LINE) for line in server.process.stderr)
