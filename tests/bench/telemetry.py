"""What logs, metrics and traces cost: the throughput of `GET /api/v1/users/me` with and without.

    python -m tests.bench.telemetry [--rounds 7] [--seconds 3]

Two servers of one process each, on SQLite: one with JSON lines, metrics and 1 % of traces sent to
a sink, one with nothing of it. They are asked in turn, so that a busy machine slows both; the ratio
of their medians may be 0.75 at least. Uses `wrk` where it is installed, else a client of its own.
"""

import argparse
import asyncio
import http.server
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from tests.faults.service import serving
from tests.services.process import free_port

BAR = 0.75
CONNECTIONS = 16
EMAIL, PASSWORD = "bench@example.com", "Correct-Horse-1"
COMMON = {
    "HTTP_WORKERS": "1",
    "RATE_LIMIT_URL": "none://",
    "CACHE_URL": "memory://",
    "ACCESS_TOKEN_TTL": "1h",
}
OFF = {"METRICS_PORT": "0", "LOG_LEVEL": "warning"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=7, help="for each of the two servers")
    parser.add_argument("--seconds", type=float, default=3, help="of each round")
    options = parser.parse_args()
    print(f"client: {'wrk' if shutil.which('wrk') else 'asyncio (wrk is not installed)'}")
    with ExitStack() as stack:
        servers = {
            "off": stack.enter_context(_server(OFF)),
            "on": stack.enter_context(_server(_on(stack.enter_context(_sink())))),
        }
        rates = _measure(servers, options.rounds, options.seconds)
    for name, figures in rates.items():
        print(f"{name:4} median {statistics.median(figures):8.0f} /s ({_spread(figures)})")
    ratio = statistics.median(rates["on"]) / statistics.median(rates["off"])
    is_met = ratio >= BAR
    print(f"on / off = {ratio:.3f}, at least {BAR}: {'met' if is_met else 'MISSED'}")
    sys.exit(0 if is_met else 1)


def _on(sink: str) -> dict[str, str]:
    return {
        "METRICS_PORT": str(free_port()),
        "LOG_LEVEL": "info",
        "LOG_FORMAT": "json",
        "OTEL_EXPORTER_OTLP_ENDPOINT": sink,
        "OTEL_TRACES_SAMPLER": "parentbased_traceidratio",
        "OTEL_TRACES_SAMPLER_ARG": "0.01",
    }


def _measure(
    servers: dict[str, tuple[str, str]], rounds: int, seconds: float
) -> dict[str, list[float]]:
    rates: dict[str, list[float]] = {name: [] for name in servers}
    for server in servers.values():
        _rate(*server, seconds)  # Not counted: pools fill, caches warm.
    for number in range(rounds):
        # In either order, so that neither always comes after the other.
        for name in sorted(servers, reverse=number % 2 == 0):
            rates[name].append(_rate(*servers[name], seconds))
    return rates


@contextmanager
def _server(variables: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Give the URL of the account and the token to read it with."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        told = COMMON | variables | {"DATABASE_URL": f"sqlite:///{folder}/bench.db"}
        server = stack.enter_context(serving(folder, told))
        answer = httpx.post(
            f"{server.url}/api/v1/auth/register", json={"email": EMAIL, "password": PASSWORD}
        )
        token = answer.raise_for_status().json()["data"]["token"]
        url = f"{server.url}/api/v1/users/me"
        httpx.get(url, headers={"Authorization": f"Bearer {token}"}).raise_for_status()
        yield url, token


class _Sink(http.server.BaseHTTPRequestHandler):
    """Takes spans, and forgets them."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(http.HTTPStatus.OK)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None: ...


@contextmanager
def _sink() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Sink) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def _rate(url: str, token: str, seconds: float) -> float:
    """Give the answers a second; every one has to be a success."""
    if shutil.which("wrk") is None:
        return asyncio.run(_own_client(url, token, seconds))
    done = subprocess.run(
        [
            "wrk",
            "--threads=1",
            f"--connections={CONNECTIONS}",
            f"--duration={max(1, round(seconds))}s",
            f"--header=Authorization: Bearer {token}",
            url,
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    found = re.search(r"Requests/sec:\s*([\d.]+)", done.stdout)
    if found is None or "Non-2xx" in done.stdout:
        raise SystemExit(done.stdout)
    return float(found[1])


async def _own_client(url: str, token: str, seconds: float) -> float:
    began = time.perf_counter()
    counts = await asyncio.gather(*(_ask(url, token, began + seconds) for _ in range(CONNECTIONS)))
    return sum(counts) / (time.perf_counter() - began)


async def _ask(url: str, token: str, until: float) -> int:
    """Ask on one connection until the time is over; give how often."""
    where = urlsplit(url)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    lines = f"Host: {where.netloc}\r\nAuthorization: Bearer {token}"
    head = f"GET {where.path} HTTP/1.1\r\n{lines}\r\n\r\n"
    count = 0
    while time.perf_counter() < until:
        writer.write(head.encode())
        answer = await reader.readuntil(b"\r\n\r\n")
        if not answer.startswith(b"HTTP/1.1 200"):
            raise SystemExit(answer.decode())
        length = re.search(rb"content-length: (\d+)", answer, re.IGNORECASE)
        await reader.readexactly(int(length[1]) if length else 0)
        count += 1
    writer.close()
    return count


def _spread(figures: list[float]) -> str:
    return f"{min(figures):.0f} to {max(figures):.0f}, {len(figures)} rounds"


if __name__ == "__main__":
    main()
