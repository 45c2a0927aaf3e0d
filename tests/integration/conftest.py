"""Real servers and fresh databases, none of them started before a test asks for it."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from typing import TYPE_CHECKING, cast

import pytest
import redis

from tests.services.databases import temporary_database
from tests.services.pgbouncer import INSTALL_HINT
from tests.services.plugin import ServicesPlugin
from tests.services.urls import database_of, with_database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.services.services import Services


@pytest.fixture(scope="session")
def services_plugin(pytestconfig: pytest.Config) -> ServicesPlugin:
    """The run's servers, not yet started."""
    return cast("ServicesPlugin", pytestconfig.pluginmanager.get_plugin("test-services"))


@pytest.fixture(scope="session")
def services(services_plugin: ServicesPlugin) -> Services:
    """The run's servers, started by the first worker that asks and shared by all."""
    return services_plugin.services()


@pytest.fixture(scope="session")
def postgres_server_url(services: Services) -> str:
    """The URL of an account that may create databases."""
    return services.postgres_url


@pytest.fixture
def postgres_database(
    postgres_server_url: str, services_plugin: ServicesPlugin
) -> Iterator[Callable[[], str]]:
    """A factory: each call gives the URL of an empty database, dropped after the test."""
    with ExitStack() as databases:
        yield lambda: databases.enter_context(
            temporary_database(postgres_server_url, services_plugin.database_prefix)
        )


@pytest.fixture
def postgres_url(postgres_database: Callable[[], str]) -> str:
    """An empty PostgreSQL database."""
    return postgres_database()


@pytest.fixture(scope="session")
def postgres_template_url(
    postgres_server_url: str, services_plugin: ServicesPlugin
) -> Iterator[str]:
    """A database migrated once a worker, to be copied. Nothing may stay connected to it."""
    from adapters.migrations.runner import upgrade

    prefix = f"{services_plugin.database_prefix}_template"
    with temporary_database(postgres_server_url, prefix) as url:
        upgrade(url)
        yield url


@pytest.fixture
def migrated_postgres_url(
    postgres_server_url: str, postgres_template_url: str, services_plugin: ServicesPlugin
) -> Iterator[str]:
    """A PostgreSQL database with the newest schema and no rows."""
    template = database_of(postgres_template_url)
    with temporary_database(postgres_server_url, services_plugin.database_prefix, template) as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """An SQLite database whose file does not exist yet."""
    return f"sqlite:///{tmp_path / 'empty.db'}"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file migrated once a worker, to be copied."""
    from adapters.migrations.runner import upgrade

    file = tmp_path_factory.mktemp("sqlite") / "template.db"
    upgrade(f"sqlite:///{file}")
    return file


@pytest.fixture
def migrated_sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """An SQLite database with the newest schema and no rows."""
    # Copied with its write-ahead log, where the migration left one.
    for part in sqlite_template.parent.glob("template.db*"):
        shutil.copy(part, tmp_path / part.name.replace("template", "migrated", 1))
    return f"sqlite:///{tmp_path / 'migrated.db'}"


@pytest.fixture
def redis_url(services: Services, services_plugin: ServicesPlugin) -> str:
    """An empty logical database of Redis that no other worker uses."""
    first = int(database_of(services.redis_url) or 0)
    url = with_database(services.redis_url, str(first + services_plugin.worker_number))
    with redis.Redis.from_url(url) as client:
        client.flushdb()
    return url


@pytest.fixture(scope="session")
def pgbouncer_server_url(services: Services) -> str:
    """PgBouncer in transaction mode; it passes any of the server's databases, by name."""
    if services.pgbouncer_url is None:
        pytest.fail(f"PgBouncer is not installed: {INSTALL_HINT}")
    return services.pgbouncer_url


@pytest.fixture
def pgbouncer_url(pgbouncer_server_url: str, migrated_postgres_url: str) -> str:
    """The test's migrated PostgreSQL database (`migrated_postgres_url`), through PgBouncer."""
    return with_database(pgbouncer_server_url, database_of(migrated_postgres_url))
