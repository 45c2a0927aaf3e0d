"""Doctor checks of dependencies: reachability, latency, and the state of the database."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol, TypeVar

from application.doctor.deployment import is_remote
from application.doctor.finding import Finding, State
from application.ports.database_inspection import DatabaseFacts
from application.ports.lifecycle import HealthCheck, Lifecycle
from application.schema import conflict_of, encoding_problem, problem_of
from application.settings import Settings
from domain.errors import Category, DomainError

TIMEOUT: Final = 4.0
"""Seconds for one connection; all are tried at the same time."""
SLOW: Final = 0.5
"""Seconds, including the handshake."""
DRIFT: Final = timedelta(seconds=5)
"""Between two clocks: the grace period of a refresh token is 10 s."""
_VARIABLES: Final = {
    "database": "DATABASE_URL",
    "cache": "CACHE_URL",
    "rate limiter": "RATE_LIMIT_URL",
    "breach check": "BREACHED_PASSWORDS_URL",
}

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """A dependency to connect to: `ask` makes the cheapest call, and raises where that fails.

    The service starts without one that is not `is_required`.
    """

    name: str
    ask: Callable[[], Awaitable[object]]
    is_required: bool = False


class Openable(Lifecycle, HealthCheck, Protocol):
    """A dependency that is opened before it is checked."""


async def reach(build: Callable[[], Openable]) -> None:
    """Open a dependency, check it, and close it; raises where one of these fails."""
    opened = build()
    try:
        await opened.open()
        await opened.check()
    finally:
        await opened.close()


async def check_connection(connection: Connection, settings: Settings) -> Finding:
    name, is_required = connection.name, connection.is_required
    return (await measure(name, connection.ask, settings, is_required=is_required))[0]


async def measure(
    name: str, ask: Callable[[], Awaitable[T]], settings: Settings, *, is_required: bool
) -> tuple[Finding, T | None]:
    """Measure the latency of a dependency; returns the finding and the answer, if any."""
    began = time.perf_counter()
    try:
        async with asyncio.timeout(TIMEOUT):
            answer = await ask()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what was found
        variable = settings.origin(_VARIABLES.get(name, "its address"))
        finding = Finding(
            name,
            _describe(error),
            State.ERROR if is_required else State.WARNING,
            f"See that it runs, and that {variable} is right.",
            error.category if isinstance(error, DomainError) else Category.UNAVAILABLE,
        )
        return finding, None
    seconds = time.perf_counter() - began
    found = f"It answered in {seconds * 1000:.0f} ms."
    if seconds < SLOW:
        return Finding(name, found), answer
    advice = "Requests wait for this: move the two closer together."
    return Finding(name, found, State.HINT, advice), answer


def check_migrations(facts: DatabaseFacts, head: str, *, is_default: bool) -> Finding:
    """Compare the schema with the newest revision that this release has."""
    at = facts.schema.revision
    if (problem := problem_of(facts.schema, head)) is not None:
        if is_default and conflict_of(facts.schema) is None:
            return Finding("migrations", problem, State.HINT, "The next start upgrades it.")
        return Finding("migrations", problem, State.ERROR, category=Category.CONFLICT)
    if at != head:
        found = f"It is at {at}; the newest revision of this release is {head}."
        return Finding("migrations", found, State.HINT, "Roll out the release that created it.")
    return Finding("migrations", f"It is at {at}, the newest, and complete.")


def check_clock(theirs: datetime | None, before: datetime, after: datetime) -> Finding:
    """Compare the clock of the database server with ours, read `before` and `after` its answer."""
    if theirs is None:
        return Finding("clock", "Not applicable: the database has no clock of its own.")
    drift = max(before - theirs, theirs - after, timedelta(0))
    found = f"The database server's clock and ours differ by {drift.total_seconds():.1f} s."
    if drift <= DRIFT:
        return Finding("clock", found)
    advice = "Synchronise both with NTP: expiry, grace and rate limits depend on these clocks."
    return Finding("clock", found, State.WARNING, advice)


def check_server(facts: DatabaseFacts, settings: Settings) -> Iterator[Finding]:
    """Check that the server accepts writes, our encoding, and the connections of our pools."""
    if not facts.takes_writes:
        yield Finding(
            "database writes",
            "The database accepts no writes: it is a standby, or read-only by default.",
            State.ERROR,
            "Let DATABASE_URL name the primary, or RESET default_transaction_read_only.",
            Category.UNAVAILABLE,
        )
    if facts.encoding is not None:
        problem = encoding_problem(facts.encoding)
        yield Finding(
            "database encoding",
            problem or f"It is {facts.encoding}.",
            State.OK if problem is None else State.ERROR,
            category=Category.CONFLICT,
        )
    if facts.is_encrypted is False and is_remote(settings.database.url):
        yield Finding(
            "database encryption",
            "Rows and password hashes travel in plain text.",
            State.WARNING,
            "Add sslmode=verify-full to DATABASE_URL.",
        )
    if facts.connections is not None:
        yield _pools(facts.connections, settings)


def _pools(limit: int, settings: Settings) -> Finding:
    workers, each = settings.http.workers, settings.database.pool_max
    wanted = workers * each
    found = f"{workers} workers x {each} connections at most; the server accepts {limit} in all."
    if wanted > limit:
        advice = "Lower DATABASE_POOL_MAX or HTTP_WORKERS, or use PgBouncer."
        return Finding("pool size", found, State.ERROR, advice)
    if wanted * 2 > limit:
        advice = (
            "A second replica, or a rolling release, would exhaust it: lower DATABASE_POOL_MAX."
        )
        return Finding("pool size", found, State.WARNING, advice)
    return Finding("pool size", found)


def _describe(error: Exception) -> str:
    """Describe an error without secrets: the message of a foreign one may hold a password."""
    if isinstance(error, TimeoutError):
        return f"It did not answer within {TIMEOUT:.0f} s."
    if not isinstance(error, DomainError):
        return f"It failed: {type(error).__name__}."
    context = error.full_context
    detail = " ".join(str(context.get("detail") or context.get("reason") or "").split())
    if detail == TimeoutError.__name__:
        return "It did not answer in time."
    return f"It failed: {detail or error.code}"
