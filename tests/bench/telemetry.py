"""What logs, metrics and traces cost: the throughput of `GET /api/v1/users/me` with and without.

    python -m tests.bench.telemetry [--rounds 15] [--seconds 2]

Two servers of one process each, on SQLite: one with JSON lines, metrics and 1 % of traces sent to
a sink, one with nothing of it. They are asked in turn, and each round has a ratio of its own, so
that a busy minute of the machine falls on both; the median of these has to be 0.8 at least. Uses
`wrk` where it is installed, else a client of its own.
"""

import argparse
import http.server
import statistics
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx

from tests.bench.load import ask, tool
from tests.faults.service import serving
from tests.services.process import free_port

BAR = 0.8
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
    parser.add_argument("--rounds", type=int, default=15, help="for each of the two servers")
    parser.add_argument("--seconds", type=float, default=2, help="of each round")
    options = parser.parse_args()
    print(f"client: {tool()}")
    with ExitStack() as stack:
        servers = {
            "off": stack.enter_context(_server(OFF)),
            "on": stack.enter_context(_server(_on(stack.enter_context(_sink())))),
        }
        rates = _measure(servers, options.rounds, options.seconds)
    for name, figures in rates.items():
        print(f"{name:4} median {statistics.median(figures):8.0f} /s ({_spread(figures)})")
    pairs = zip(rates["on"], rates["off"], strict=True)
    ratio = statistics.median(on / off for on, off in pairs)
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
        _rate(server, seconds)  # Not counted: pools fill, caches warm.
    for number in range(rounds):
        # In either order, so that neither always comes after the other.
        for name in sorted(servers, reverse=number % 2 == 0):
            rates[name].append(_rate(servers[name], seconds))
    return rates


def _rate(server: tuple[str, str], seconds: float) -> float:
    url, token = server
    return ask(url, seconds, {"Authorization": f"Bearer {token}"})["rate"]


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


def _spread(figures: list[float]) -> str:
    return f"{min(figures):.0f} to {max(figures):.0f}, {len(figures)} rounds"


if __name__ == "__main__":
    main()
