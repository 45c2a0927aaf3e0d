"""Load on a server: from `wrk` where it is installed, else from the bundled client.

A sample is what one run gave: `rate` in answers a second, `p50`, `p90` and `p99` in milliseconds,
and `client`, the share of one core that the load itself took. Where that is near 1, the client was
what was measured. Every answer has to be a success.
"""

import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from urllib.parse import urlsplit

import msgspec

from tests.bench import wrk
from tests.bench.client import Plan
from tests.bench.talks import Same

CONNECTIONS = 16
_CLIENT = [sys.executable, "-m", "tests.bench.client"]

Sample = dict[str, float]


class LoadFailedError(Exception):
    """The server did not answer as it should; the message says how."""


def tool() -> str:
    """Give the name of what asks."""
    return "wrk" if shutil.which("wrk") else "client"


def ask(
    url: str, seconds: float, headers: dict[str, str] | None = None, *, by: str | None = None
) -> Sample:
    """GET the same again and again; raises LoadFailedError."""
    if (by or tool()) == "client":
        parts = urlsplit(url)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        return play(Plan(parts.port or 80, Same(path, [headers or {}]), CONNECTIONS, seconds))
    command = [
        "wrk",
        "--latency",
        "--threads=1",
        f"--connections={CONNECTIONS}",
        f"--duration={max(1, round(seconds))}s",
        *(f"--header={name}: {value}" for name, value in (headers or {}).items()),
        url,
    ]
    printed, busy = _run(command)
    try:
        return wrk.parse(printed) | busy
    except wrk.BadRunError as error:
        raise LoadFailedError(f"{url}\n{error}") from error


def play(plan: Plan) -> Sample:
    """Have the bundled client play a plan; raises LoadFailedError."""
    printed, busy = _run(_CLIENT, msgspec.json.encode(plan))
    sample: Sample = msgspec.json.decode(printed, type=dict[str, float])
    return sample | busy


@contextmanager
def playing(plan: Plan) -> Iterator[None]:
    """Have a plan played meanwhile; raises LoadFailedError when that ended before its time."""
    with subprocess.Popen(
        _CLIENT, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        if process.stdin is None or process.stderr is None:
            raise AssertionError
        process.stdin.write(msgspec.json.encode(plan))
        process.stdin.close()
        try:
            yield
            if process.poll() is not None:
                raise LoadFailedError(process.stderr.read().decode(errors="replace"))
        finally:
            process.terminate()


def _run(command: Sequence[str], stdin: bytes = b"") -> tuple[str, Sample]:
    began, spent = time.perf_counter(), _spent()
    done = subprocess.run(command, input=stdin, check=False, capture_output=True)
    if done.returncode:
        raise LoadFailedError((done.stderr or done.stdout).decode(errors="replace"))
    share = (_spent() - spent) / (time.perf_counter() - began)
    return done.stdout.decode(), {"client": share}


def _spent() -> float:
    """Give the seconds of a core that children took; those that still run are not in it."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
