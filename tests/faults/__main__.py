"""Faults on real servers, while clients write: `just faults`.

Prints a table; exits with 1 when anything acknowledged was lost, when anything refused exists, or
when an answer was not of the agreed shape.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from tests.faults import faults
from tests.faults.check import Verdict, judge
from tests.faults.ledger import Ledger
from tests.faults.servers import Servers, started
from tests.faults.service import Service, serving
from tests.faults.writers import writing
from tests.services.process import free_port

WRITERS = 8
BEFORE, AFTER = 1.5, 3.0
"""Seconds of writing before a fault, and once the service works again."""
# Every request counts limits, and every second the active users.
USES_REDIS = {
    "RATE_LIMIT_URL": "",
    "RATE_LIMITS": "auth=10000/1m,api=10000/1m",
    "METRICS_PORT": str(free_port()),
}

Fault = Callable[[Servers, Service], Awaitable[float]]
"""Does its worst, mends it, and gives when it was mended, in monotonic seconds."""


@dataclass(frozen=True)
class Row:
    name: str
    ledger: Ledger
    verdict: Verdict
    recovery: float


ROWS: dict[str, Fault] = {
    "PostgreSQL killed five times": faults.kill_postgres,
    "PostgreSQL frozen for 8 s": faults.freeze_postgres,
    "read-only after failover": faults.fail_over,
    "connections dropped in silence": faults.drop_connections,
    "Redis killed": faults.kill_cache,
    "Redis became a replica": faults.replace_cache,
    "connections used up": faults.use_up_connections,
    "service restarted": faults.restart_service,
    "disk quota of the SQLite file": faults.fill_quota,
}


async def main() -> int:
    header = ("fault", "requests", "refused", "unknown", "lost", "recovery")
    print("{:32}{:>10}{:>9}{:>9}{:>6}{:>12}".format(*header))
    failed = False
    with started() as servers:
        for name, fault in ROWS.items():
            row = await _row(name, fault, servers)
            ledger = row.ledger
            print(
                f"{name:32}{ledger.requests:10}{ledger.refused:9}{ledger.unknown:9}"
                f"{row.verdict.lost:6}{row.recovery:10.2f} s",
                flush=True,
            )
            for complaint in sorted(set(row.verdict.complaints))[:10]:
                print(f"    {complaint}")
            failed = failed or bool(row.verdict.complaints)
    return int(failed)


async def _row(name: str, fault: Fault, servers: Servers) -> Row:
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="af-")))
        database = served = servers.fresh_database()
        if fault is faults.fill_quota:
            database = served = f"sqlite:///{folder / 'armature.db'}"
        if fault is faults.drop_connections:
            served = stack.enter_context(servers.proxied(database, folder))
        variables = {"DATABASE_URL": served, "REDIS_URL": servers.cache_url}
        if fault is faults.replace_cache:
            await stack.enter_async_context(servers.cache_name.listening())
            variables |= USES_REDIS | {"REDIS_URL": f"redis://127.0.0.1:{servers.cache_name.port}"}
        with serving(folder, variables) as service:
            async with writing(service.url, WRITERS) as writers:
                await asyncio.sleep(BEFORE)
                mended = await fault(servers, service)
                recovery = await _recovery(writers.acknowledged_at, mended)
                await asyncio.sleep(AFTER)
            verdict = await judge(writers, database)
        return Row(name, writers.ledger, verdict, recovery)


async def _recovery(acknowledged_at: list[float], mended: float) -> float:
    """Wait for the first write that succeeded after the mending; seconds between the two."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        after = [each for each in acknowledged_at if each > mended]
        if after:
            return after[0] - mended
        await asyncio.sleep(0.01)
    return float("inf")


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
