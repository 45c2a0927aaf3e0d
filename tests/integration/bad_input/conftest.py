"""A real server for each engine, which may log nothing of what callers do wrong."""

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

import containers
from application.actor import Operator
from application.user.grant_role import GrantRole
from application.user.register_user import RegisterUser
from tests.integration.bad_input.database import rows
from tests.integration.processes import PATIENCE, Server, serving
from tests.services.databases import temporary_database
from tests.services.plugin import ServicesPlugin
from tests.services.urls import database_of

VARIABLES = {
    "APP_ENV": "test",
    "LOG_LEVEL": "warning",
    "JWT_SECRET": "a secret for tests only, of enough bytes",
    "PASSWORD_HASHER": "argon2id://?m=8&t=1&p=1",
    "RATE_LIMIT_URL": "none://",
}
ADMIN = {"email": "admin@example.com", "password": "Correct-Horse-1"}
LAST_LINE = "users grant you@example.org admin\n"
"""Of what a server says when it has started."""


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest) -> str:
    """The database behind the server; what does not reach it takes one of them."""
    return str(request.param)


@pytest.fixture(scope="session")
def database(
    engine: str,
    request: pytest.FixtureRequest,
    sqlite_template: Path,
    tmp_path_factory: pytest.TempPathFactory,
    services_plugin: ServicesPlugin,
) -> Iterator[str]:
    """The URL of a migrated database with no rows."""
    if engine == "sqlite":
        file = tmp_path_factory.mktemp("database") / "armature.db"
        for part in sqlite_template.parent.glob("template.db*"):
            shutil.copy(part, file.with_name(part.name.replace("template", "armature", 1)))
        yield f"sqlite:///{file}"
        return
    server_url = request.getfixturevalue("postgres_server_url")
    template = database_of(request.getfixturevalue("postgres_template_url"))
    with temporary_database(server_url, services_plugin.database_prefix, template) as url:
        yield url


@pytest.fixture(scope="session")
def variables(database: str) -> dict[str, str]:
    return VARIABLES | {"DATABASE_URL": database}


@pytest.fixture(scope="session")
def server(variables: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that, whatever it is sent, has nothing to warn of and ends well."""
    with serving(tmp_path_factory.mktemp("server"), variables) as server:
        yield server
        code, said = server.stop()
    assert code == 0
    assert said.endswith(LAST_LINE), said


@pytest.fixture(scope="session")
def client(server: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=PATIENCE) as client:
        yield client


@pytest.fixture(scope="session")
def admin(variables: dict[str, str], client: httpx.Client) -> httpx.Headers:
    """What an admin sends with each request."""
    asyncio.run(_make_admin(variables))
    answer = client.post("/api/v1/auth/login", json=ADMIN)
    return httpx.Headers({"Authorization": f"Bearer {answer.json()['data']['token']}"})


@pytest.fixture
def unchanged(database: str) -> Iterator[None]:
    """The test writes nothing, not even half of something."""
    before = rows(database)
    yield
    assert rows(database) == before


async def _make_admin(variables: dict[str, str]) -> None:
    async with containers.running(containers.load(variables).settings) as use_cases:
        done = await use_cases.register_user(
            RegisterUser(email=ADMIN["email"], password=ADMIN["password"])
        )
        await use_cases.grant_role(
            GrantRole(actor=Operator("tests"), user_id=done.user.id, role="admin")
        )
