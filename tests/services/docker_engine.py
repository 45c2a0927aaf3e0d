"""Whether a container engine answers and can give the images, each question bounded in time."""

from __future__ import annotations

import threading
import time
from functools import partial
from typing import TYPE_CHECKING

from docker.errors import (  # type: ignore[import-untyped]  # docker has no py.typed
    DockerException,
    ImageNotFound,
)
from testcontainers.core.config import testcontainers_config
from testcontainers.core.docker_client import DockerClient

if TYPE_CHECKING:
    from collections.abc import Callable

POSTGRES_IMAGE = "postgres:17-alpine"
REDIS_IMAGE = "redis:8-alpine"
ENGINE_SECONDS = 2.0
PULL_SECONDS = 60.0  # `auto` has another lane to take
PATIENT_PULL_SECONDS = 240.0


def obstacle(pull_seconds: float = PULL_SECONDS) -> str | None:
    """Return what keeps Docker from being used, or None.

    Takes at most `ENGINE_SECONDS` and `pull_seconds`.
    """
    client = _engine()
    if client is None:
        return f"no container engine answers within {ENGINE_SECONDS:.0f} s"
    client.client.api.timeout = pull_seconds
    deadline = time.monotonic() + pull_seconds
    for name in (POSTGRES_IMAGE, REDIS_IMAGE):
        image = testcontainers_config.hub_image_name_prefix + name
        failure = _failure(partial(_obtain, client, image), deadline - time.monotonic())
        if failure is not None:
            return f"an engine answers, but {image} is neither present nor pullable ({failure})"
    return None


def _engine() -> DockerClient | None:
    answering: list[DockerClient] = []

    def ask() -> None:
        client = DockerClient(timeout=ENGINE_SECONDS)
        client.client.ping()
        answering.append(client)

    _failure(ask, ENGINE_SECONDS)
    return answering[0] if answering else None


def _obtain(client: DockerClient, image: str) -> None:
    try:
        client.client.images.get(image)
    except ImageNotFound:
        client.client.images.pull(image)


def _failure(call: Callable[[], None], seconds: float) -> str | None:
    """Return why `call` failed, or None. A thread bounds it: name resolution knows no timeout."""
    outcome: list[str | None] = [f"no answer within {seconds:.0f} s"]

    def attempt() -> None:
        try:
            call()
        except (DockerException, OSError, ValueError) as error:
            outcome[0] = f"{type(error).__name__}: {error}"[:160]
        else:
            outcome[0] = None

    thread = threading.Thread(target=attempt, daemon=True)
    thread.start()
    thread.join(max(seconds, 0.1))
    return outcome[0]
