"""Doctor checks of dependencies: reachability and latency."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from application.doctor.finding import Finding, State
from domain.errors import Category, DomainError

PATIENCE: Final = 4.0
"""Seconds for one connection; all are tried at the same time."""
SLOW: Final = 0.5
"""Seconds, a handshake included."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """`ask` does the cheapest thing that proves it works, and raises when it does not.

    The service starts without one that is not `is_required`.
    """

    name: str
    ask: Callable[[], Awaitable[object]]
    is_required: bool = False


async def check_connection(connection: Connection) -> Finding:
    return (await measured(connection.name, connection.ask, is_required=connection.is_required))[0]


async def measured(
    name: str, ask: Callable[[], Awaitable[T]], *, is_required: bool
) -> tuple[Finding, T | None]:
    """Give what is to be said of the connection, and what it answered."""
    began = time.perf_counter()
    try:
        async with asyncio.timeout(PATIENCE):
            answer = await ask()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what was found
        return _down(name, error, is_required=is_required), None
    seconds = time.perf_counter() - began
    finding = Finding(
        check=name,
        state=State.OK if seconds < SLOW else State.HINT,
        found=f"It answered in {seconds * 1000:.0f} ms.",
        advice="" if seconds < SLOW else "Requests wait for this: move the two closer together.",
    )
    return finding, answer


def _down(name: str, error: Exception, *, is_required: bool) -> Finding:
    return Finding(
        check=name,
        state=State.ERROR if is_required else State.WARNING,
        found=_said(error),
        advice=f"See that it runs, and that {_VARIABLES.get(name, 'its address')} is right.",
        category=error.category if isinstance(error, DomainError) else Category.UNAVAILABLE,
    )


_VARIABLES: Final = {
    "database": "DATABASE_URL",
    "cache": "CACHE_URL",
    "rate limiter": "RATE_LIMIT_URL",
    "breach check": "BREACHED_PASSWORDS_URL",
}


def _said(error: Exception) -> str:
    """Give what may be told: the message of anything else may hold a password."""
    if isinstance(error, TimeoutError):
        return f"It did not answer within {PATIENCE:.0f} s."
    if not isinstance(error, DomainError):
        return f"It failed: {type(error).__name__}."
    context = error.full_context
    detail = " ".join(str(context.get("detail") or context.get("reason") or "").split())
    if detail == TimeoutError.__name__:
        return "It did not answer in time."
    return f"It failed: {detail or error.code}"
