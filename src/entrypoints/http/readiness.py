"""The readiness check as callers share it, and who may see the details."""

import asyncio
import logging
import time
from asyncio import Task
from collections.abc import Callable
from datetime import timedelta
from ipaddress import ip_address
from typing import Final

from litestar.types import HTTPScope

from application.context import CallContext, call_context
from application.health.check_readiness import CheckReadiness, CheckResult, Readiness
from application.use_case import UseCase

logger: Final = logging.getLogger("armature.http")

FRESH: Final = 1.0
"""Seconds for which a result is given to everybody who asks."""

_FORWARDED: Final = frozenset(
    {
        b"forwarded",
        b"via",
        b"x-forwarded-for",
        b"x-forwarded-host",
        b"x-forwarded-proto",
        b"x-real-ip",
    }
)


class SharedReadiness:
    """Checks each dependency at most once a second, however many ask (single flight).

    For one event loop; `monotonic` gives seconds. A change of what is down is logged.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._began = float("-inf")
        self._check: Task[Readiness] | None = None
        self._down: frozenset[str] = frozenset()

    async def ask(self, check: UseCase[CheckReadiness, Readiness]) -> Readiness:
        """Give the result of the last second, or that of the check which is under way."""
        task = self._check
        if task is None or (task.done() and self._monotonic() - self._began >= FRESH):
            self._began = self._monotonic()
            task = self._check = asyncio.create_task(self._run(check))
        # A caller that disconnects does not cancel the check of the others.
        return await asyncio.shield(task)

    async def _run(self, check: UseCase[CheckReadiness, Readiness]) -> Readiness:
        # It has its own time limit, and is no part of the call that happened to begin it.
        call_context.set(CallContext(request_id="readiness"))
        readiness = await check(CheckReadiness())
        down = frozenset(each.name for each in readiness.checks if not each.is_up)
        if down != self._down:
            level = logging.WARNING if down else logging.INFO
            logger.log(level, "Readiness: %s", ", ".join(map(_described, readiness.checks)))
            self._down = down
        return readiness


def is_local(scope: HTTPScope) -> bool:
    """Whether a request comes from this machine itself, and through no proxy."""
    client = scope.get("client")
    try:
        is_loopback = client is not None and ip_address(client[0]).is_loopback
    except ValueError:
        return False
    return is_loopback and _FORWARDED.isdisjoint(name for name, _ in scope["headers"])


def _described(check: CheckResult) -> str:
    state = "up" if check.is_up else "down"
    return f"{check.name} {state} ({check.latency / timedelta(milliseconds=1):.1f} ms)"
