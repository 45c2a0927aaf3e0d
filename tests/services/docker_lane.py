"""Servers from containers, started by testcontainers."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from testcontainers.community.postgres import PostgresContainer
from testcontainers.community.redis import RedisContainer
from testcontainers.core.config import testcontainers_config

from tests.services.docker_engine import POSTGRES_IMAGE, REDIS_IMAGE
from tests.services.urls import with_host

if TYPE_CHECKING:
    from collections.abc import Iterator

# Arguments that begin with a dash: the images' entry points put the server's name before them.
POSTGRES_ARGUMENTS = ["-c", "max_connections=200", "-c", "fsync=off", "-c", "full_page_writes=off"]
REDIS_ARGUMENTS = ["--databases", "256", "--save", ""]


def configure() -> None:
    """Set testcontainers up for a run that has a keeper.

    The keeper removes the containers, so the reaper (one more image, mounted on the engine's
    socket) is not needed. A server that is up within a second should not be asked once a second.
    """
    testcontainers_config.ryuk_disabled = True
    testcontainers_config.sleep_time = 0.1
    testcontainers_config.max_tries = 600


@contextmanager
def postgres() -> Iterator[str]:
    """Start PostgreSQL and give its administrator's URL."""
    container = PostgresContainer(POSTGRES_IMAGE, driver=None).with_command(POSTGRES_ARGUMENTS)
    with container.with_tmpfs_mount("/var/lib/postgresql/data"):
        yield _loopback(container.get_connection_url())


@contextmanager
def redis_server() -> Iterator[str]:
    """Start Redis and give its URL, without a database number."""
    container = RedisContainer(REDIS_IMAGE).with_command(REDIS_ARGUMENTS)
    with container:
        host, port = container.get_container_host_ip(), container.get_exposed_port(container.port)
        yield _loopback(f"redis://{host}:{port}").rstrip("/")


def _loopback(url: str) -> str:
    """Spare every connection the attempt on ::1, where engines often publish nothing."""
    return with_host(url, "127.0.0.1") if "localhost:" in url else url
