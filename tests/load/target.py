"""The service that the load is for: one that is there, or one of our own."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.faults.servers import started
from tests.faults.service import serving

# The limiter is on, and asked for each request; it only refuses nobody.
LIMITS: Final = "login=off,register=10000/1s,api=10000/1s,api-user=10000/1s"
VARIABLES: Final = {
    "RATE_LIMITS": LIMITS,
    "PASSWORD_HASHER": "argon2id://?m=19456&t=2&p=1",
    "HTTP_WORKERS": "2",
    "ACCESS_TOKEN_TTL": "24h",
    "REQUEST_TIMEOUT": "10s",
    "LOG_FORMAT": "json",
    "LOG_LEVEL": "info",
}


@dataclass(frozen=True, slots=True)
class Target:
    """`pid` is its first process, None where that is elsewhere."""

    url: str
    pid: int | None
    name: str


@contextmanager
def target(pid: int | None) -> Iterator[Target]:
    """Give the service at BASE_URL, or start one on PostgreSQL and Redis."""
    url = os.environ.get("BASE_URL", "").rstrip("/")
    if url:
        yield Target(url, pid, url)
        return
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="load-")))
        servers = stack.enter_context(started())
        variables = VARIABLES | {
            "DATABASE_URL": servers.fresh_database(),
            "CACHE_URL": servers.cache_url,
            "RATE_LIMIT_URL": servers.cache_url,
        }
        service = stack.enter_context(serving(folder, variables))
        running = service.running
        name = f"{service.url}, 2 workers, PostgreSQL and Redis of its own"
        yield Target(service.url, None if running is None else running.pid, name)
