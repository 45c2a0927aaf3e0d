"""Whether the time of a refused log-in tells if the address has an account.

    python -m tests.bench.login_timing [--attempts 200]

A real server on SQLite refuses a wrong password for a known and for an unknown address, one after
the other, each attempt on a connection that is open already. The two medians may differ by 5 % at
most; the exit code says whether they do.
"""

import argparse
import gc
import http.client
import json
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

from tests.integration.processes import armature, serving

KNOWN, UNKNOWN = "known@example.com", "nobody@example.com"
BAR = 0.05
WARM_UP = 10
VARIABLES = {
    "APP_ENV": "test",
    "JWT_SECRET": "a secret for this benchmark only, of enough bytes",
    # Everything as in production but this: five attempts are no statistics.
    "RATE_LIMIT_URL": "none://",
    "CACHE_URL": "memory://",
    "LOG_LEVEL": "error",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--attempts", type=int, default=200, help="for each of the two addresses")
    attempts = parser.parse_args().attempts
    with tempfile.TemporaryDirectory() as folder:
        times = _measure(Path(folder), attempts)
    known, unknown = (statistics.median(times[email]) for email in (KNOWN, UNKNOWN))
    for email in (KNOWN, UNKNOWN):
        _report(email, times[email])
    ratio = known / unknown
    verdict = "met" if abs(ratio - 1) <= BAR else "MISSED"
    print(f"known / unknown = {ratio:.3f}, within {BAR:.0%}: {verdict}")
    sys.exit(0 if verdict == "met" else 1)


def medians(port: int, known: str, seconds: float) -> dict[str, float]:
    """Give the median milliseconds for a `known` address and for an `unknown` one."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    times: dict[str, list[float]] = {known: [], UNKNOWN: []}
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        _attempt_each(connection, times)
    connection.close()
    return {
        "known": statistics.median(times[known]),
        "unknown": statistics.median(times[UNKNOWN]),
    }


def _attempt_each(connection: http.client.HTTPConnection, times: dict[str, list[float]]) -> None:
    # In either order, so that neither always comes after the other.
    for email in random.sample(sorted(times), 2):
        times[email].append(_attempt(connection, email))


def _measure(folder: Path, attempts: int) -> dict[str, list[float]]:
    """Give the milliseconds of each attempt, by address."""
    variables = VARIABLES | {"DATABASE_URL": f"sqlite:///{folder}/bench.db"}
    _run(folder, ["db", "upgrade"], variables)
    _run(folder, ["users", "register", KNOWN, "--password-stdin"], variables, "Correct-Horse-1")
    times: dict[str, list[float]] = {KNOWN: [], UNKNOWN: []}
    with serving(folder, variables) as server:
        connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=30)
        gc.disable()
        for _ in range(WARM_UP + attempts):
            _attempt_each(connection, times)
        connection.close()
    return {email: took[WARM_UP:] for email, took in times.items()}


def _attempt(connection: http.client.HTTPConnection, email: str) -> float:
    body = json.dumps({"email": email, "password": "Wrong-Horse-2"})
    began = time.perf_counter()
    connection.request("POST", "/api/v1/auth/login", body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    said = answer.read()
    took = time.perf_counter() - began
    if answer.status != http.HTTPStatus.UNAUTHORIZED:
        raise SystemExit(f"expected 401, got {answer.status}: {said.decode()}")
    return took * 1000


def _run(folder: Path, arguments: list[str], variables: dict[str, str], stdin: str = "") -> None:
    code, _, said = armature(folder, arguments, stdin, **variables)
    if code:
        raise SystemExit(said)


def _report(what: str, figures: list[float]) -> None:
    low, median, high = statistics.quantiles(figures, n=4)
    print(f"{what:20} median {median:7.2f} ms (quartiles {low:.2f} to {high:.2f}), {len(figures)}")


if __name__ == "__main__":
    main()
