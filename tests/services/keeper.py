"""The process that owns a run's servers: `python -m tests.services.keeper FOLDER`.

It starts them, publishes their URLs in the folder, waits until the run is over, stops them and
removes the folder. It learns the end of the run from the kernel: the run holds a lock on a file,
which is released however the run ends, SIGKILL included. So no crash of a worker or of pytest
leaves a server.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from tests.services.databases import database_prefix, drop_leftovers
from tests.services.lane import LaneError, choose
from tests.services.pgbouncer import pgbouncer
from tests.services.services import Services, publish


def main(folder: Path) -> None:
    """Keep the servers of the run that owns `folder` until it is over."""
    os.umask(0o077)  # the URLs hold passwords
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        with ExitStack() as servers:
            publish(folder, _attempt(folder, servers))
            _wait_for_the_end(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _attempt(folder: Path, servers: ExitStack) -> Services:
    try:
        return _start(folder, servers)
    except Exception as error:  # noqa: BLE001 - whatever went wrong is what the tests must report
        return Services(failure=f"{type(error).__name__}: {error}")


def _start(folder: Path, servers: ExitStack) -> Services:
    began = time.monotonic()
    lane = choose(os.environ, _docker_obstacle)
    postgres_url, redis_url = STARTERS[lane.name](folder, servers)
    pgbouncer_url = servers.enter_context(pgbouncer(folder, postgres_url))
    seconds = time.monotonic() - began
    return Services(lane.name, lane.note, postgres_url, redis_url, pgbouncer_url, seconds)


# A lane's libraries are imported when it is taken: those for Docker take a second.
def _docker_obstacle() -> str | None:
    from tests.services.docker_engine import obstacle

    return obstacle()


def _start_docker(_: Path, servers: ExitStack) -> tuple[str, str]:
    from tests.services import docker_engine, docker_lane

    if obstacle := docker_engine.obstacle(docker_engine.PATIENT_PULL_SECONDS):
        raise LaneError(f"TEST_SERVICES=docker: {obstacle}")
    docker_lane.configure()
    return (
        servers.enter_context(docker_lane.postgres()),
        servers.enter_context(docker_lane.redis_server()),
    )


def _start_embedded(folder: Path, servers: ExitStack) -> tuple[str, str]:
    from tests.services import embedded_lane

    return (
        servers.enter_context(embedded_lane.postgres(folder)),
        servers.enter_context(embedded_lane.redis_server(folder)),
    )


def _use_external(folder: Path, servers: ExitStack) -> tuple[str, str]:
    url = os.environ["TEST_DATABASE_URL"]
    servers.callback(drop_leftovers, url, database_prefix(folder))
    return url, os.environ["TEST_REDIS_URL"]


STARTERS = {"docker": _start_docker, "embedded": _start_embedded, "external": _use_external}


def _wait_for_the_end(folder: Path) -> None:
    with (folder / "owner").open("w") as owner:
        fcntl.lockf(owner, fcntl.LOCK_EX)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
