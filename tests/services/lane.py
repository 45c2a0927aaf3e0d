"""The choice of where the servers come from: the variable `TEST_SERVICES`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

KNOWN = ("auto", "docker", "embedded", "external")
URL_VARIABLES = ("TEST_DATABASE_URL", "TEST_REDIS_URL")


class LaneError(Exception):
    """`TEST_SERVICES` asks for something that cannot be given; the message says what can."""


class Lane(NamedTuple):
    """A chosen lane, and why it was taken instead of a better one (empty when it was asked for)."""

    name: str
    note: str = ""


def requested(environment: Mapping[str, str]) -> str:
    """Return `TEST_SERVICES`, or raise `LaneError` when it is unknown or incomplete."""
    name = environment.get("TEST_SERVICES") or "auto"
    if name not in KNOWN:
        raise LaneError(f"TEST_SERVICES={name} is unknown; known: {', '.join(KNOWN)}")
    missing = [variable for variable in URL_VARIABLES if not environment.get(variable)]
    if name == "external" and missing:
        raise LaneError(f"TEST_SERVICES=external needs {' and '.join(missing)}")
    return name


def choose(environment: Mapping[str, str], docker_obstacle: Callable[[], str | None]) -> Lane:
    """Resolve `auto`: external when both URLs are set, else docker, else embedded.

    `docker_obstacle` is asked only by `auto`; it returns None, or what keeps Docker from being
    used.
    """
    name = requested(environment)
    if name != "auto":
        return Lane(name)
    if all(environment.get(variable) for variable in URL_VARIABLES):
        return Lane("external", f"{' and '.join(URL_VARIABLES)} are set")
    obstacle = docker_obstacle()
    return Lane("docker", "an engine answers") if obstacle is None else Lane("embedded", obstacle)
