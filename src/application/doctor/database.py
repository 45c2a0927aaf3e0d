"""Doctor checks of the database."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from application.doctor.deployment import is_far
from application.doctor.finding import Finding, State
from application.ports.database_inspection import DatabaseFacts
from application.schema import conflict_of, encoding_problem, problem_of
from application.settings import Settings
from domain.errors import Category

DRIFT: Final = timedelta(seconds=5)
"""Between two clocks: the grace of a refresh token is 10 s."""


def check_migrations(facts: DatabaseFacts, head: str, *, is_default: bool) -> Finding:
    """Compare its schema with the newest that this release needs."""
    at = facts.schema.revision
    if (problem := problem_of(facts.schema, head)) is not None:
        is_mended = is_default and conflict_of(facts.schema) is None
        return Finding(
            check="migrations",
            state=State.HINT if is_mended else State.ERROR,
            found=problem,
            advice="The next start upgrades it." if is_mended else "",
            category=Category.CONFLICT,
        )
    if at != head:
        return Finding(
            check="migrations",
            state=State.HINT,
            found=f"It is at {at}; the newest that this release knows is {head}.",
            advice="Roll out the release that made it.",
        )
    return Finding(check="migrations", found=f"It is at {at}, the newest, and complete.")


def check_clock(theirs: datetime | None, before: datetime, after: datetime) -> Finding:
    """Compare the server's clock with ours, which was `before` and `after` it was asked."""
    if theirs is None:
        return Finding(check="clock", found="Not applicable: the database has no clock of its own.")
    drift = max(before - theirs, theirs - after, timedelta(0))
    found = f"The database's server and we differ by {drift.total_seconds():.1f} s."
    if drift <= DRIFT:
        return Finding(check="clock", found=found)
    advice = "Let both follow NTP: expiry, grace and rate limits go by these clocks."
    return Finding(check="clock", state=State.WARNING, found=found, advice=advice)


def check_server(facts: DatabaseFacts, settings: Settings) -> Iterator[Finding]:
    """Tell whether it takes what we would ask of it."""
    if not facts.takes_writes:
        yield Finding(
            check="database writes",
            state=State.ERROR,
            found="It takes no writes: it is a standby, or read-only by default.",
            advice="Let DATABASE_URL name the primary, or RESET default_transaction_read_only.",
            category=Category.UNAVAILABLE,
        )
    if facts.encoding is not None:
        yield _encoding(facts.encoding)
    if facts.is_encrypted is False and is_far(settings.database.url):
        yield Finding(
            check="database encryption",
            state=State.WARNING,
            found="Rows and password hashes travel in plain text.",
            advice="Add sslmode=verify-full to DATABASE_URL.",
        )
    if facts.connections is not None:
        yield _pools(facts.connections, settings)


def _encoding(found: str) -> Finding:
    problem = encoding_problem(found)
    return Finding(
        check="database encoding",
        state=State.OK if problem is None else State.ERROR,
        found=problem or f"It is {found}.",
        category=Category.CONFLICT,
    )


def _pools(takes: int, settings: Settings) -> Finding:
    workers, each = settings.http.workers, settings.database.pool_max
    wanted = workers * each
    found = f"{workers} x {each} of ours at most; the server takes {takes} of everybody's."
    if wanted > takes:
        advice = "Lower DATABASE_POOL_MAX or HTTP_WORKERS, or put PgBouncer between."
        return Finding(check="pool size", state=State.ERROR, found=found, advice=advice)
    if wanted * 2 > takes:
        advice = (
            "A second replica, or a rolling release, would exhaust it: lower DATABASE_POOL_MAX."
        )
        return Finding(check="pool size", state=State.WARNING, found=found, advice=advice)
    return Finding(check="pool size", found=found)
