"""The story in one process and one container: every driver on every database."""

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from typing import Any

import httpx
import pytest

import containers
from application.settings import DatabaseSettings, Settings
from application.use_cases import UseCases
from entrypoints.cli.main import run
from entrypoints.cli.runtime import Runtime
from entrypoints.http.app import HttpApi, create_app
from tests.integration.story.drivers import Cli, Driver, Http
from tests.integration.story.story import tell
from tests.world import SETTINGS


@dataclass
class Place(Runtime):
    """A container that both drivers use, opened anew for each call."""

    container: containers.Container

    @cached_property
    def app(self) -> HttpApi:
        return create_app()

    @asynccontextmanager
    async def use_cases(self) -> AsyncIterator[UseCases]:
        async with containers.opened(self.container) as use_cases:
            yield use_cases

    def send(self, method: str, path: str, **more: Any) -> httpx.Response:  # noqa: ANN401 - as httpx has it
        return asyncio.run(self._send(method, path, **more))

    async def _send(self, method: str, path: str, **more: Any) -> httpx.Response:  # noqa: ANN401 - as above
        async with self.use_cases() as self.app.state.use_cases:
            transport = httpx.ASGITransport(self.app)  # type: ignore[arg-type] # Litestar's own ASGI types
            async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
                return await client.request(method, path, **more)

    def run(self, arguments: list[str], stdin: str) -> tuple[int, str, str]:
        out, err = io.StringIO(), io.StringIO()
        typed = io.TextIOWrapper(io.BytesIO(stdin.encode()))
        code = run(arguments, self, stdin=typed, stdout=out, stderr=err)
        return code, out.getvalue(), err.getvalue()


def settings_for(database_url: str, prepare_threshold: int = 5) -> Settings:
    return replace(
        SETTINGS,
        database=DatabaseSettings(
            url=database_url, is_default=False, prepare_threshold=prepare_threshold
        ),
        tokens=replace(SETTINGS.tokens, refresh_grace=timedelta(0)),
        passwords=replace(SETTINGS.passwords, hasher="argon2id://?m=8&t=1&p=1"),
    )


@pytest.fixture(
    params=["sqlite", "postgres", pytest.param("pgbouncer", marks=pytest.mark.pgbouncer)]
)
def place(request: pytest.FixtureRequest) -> Place:
    name = {
        "sqlite": "migrated_sqlite_url",
        "postgres": "migrated_postgres_url",
        "pgbouncer": "pgbouncer_url",
    }[request.param]
    url = request.getfixturevalue(name)
    threshold = 0 if request.param == "pgbouncer" else 5
    return Place(containers.build(settings_for(url, threshold)))


@pytest.mark.parametrize("told_by", ["http", "cli", "both"])
def test_the_story_is_the_same_everywhere(place: Place, told_by: str) -> None:
    http, cli = Http(place.send), Cli(place.run)
    drivers: dict[str, list[Driver]] = {"http": [http], "cli": [cli], "both": [cli, http]}

    tell(drivers[told_by], operator=cli)
