"""How long people wait: `serve` to its first healthy answer, `--help`, and what a server holds.

    python tests/bench/start.py [--runs 5]

Each figure is the median of several runs, with the least and the most beside it. Times include
the start of the interpreter. The server runs on its embedded default in an empty folder.
"""

import argparse
import http.client
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

ARMATURE = str(Path(sys.executable).with_name("armature"))
PATIENCE = 30.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    _help()  # Not counted: the first run fills the page cache and compiles.
    _report("armature --help", "s", [_help() for _ in range(runs)], 0.4)
    fresh: list[float] = []
    again: list[float] = []
    memory: list[float] = []
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as folder:
            fresh.append(_serve(Path(folder)))
            with _server(Path(folder)) as (process, seconds):
                again.append(seconds)
                time.sleep(2)  # Idle is what is left once the start is over.
                memory.append(_worker_memory(process.pid))
    _report("serve, no database yet", "s", fresh, 1.5)
    _report("serve, database there", "s", again, 1.5)
    _report("memory of one idle worker (RSS)", "MiB", memory, 110)


def _help() -> float:
    began = time.perf_counter()
    subprocess.run([ARMATURE, "--help"], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def _serve(folder: Path) -> float:
    with _server(folder) as (_, seconds):
        return seconds


@contextmanager
def _server(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], float]]:
    port = _free_port()
    environment = {
        "PATH": os.environ["PATH"],
        "HTTP_PORT": str(port),
        "METRICS_PORT": str(_free_port()),
    }
    began = time.perf_counter()
    process = subprocess.Popen(
        [ARMATURE, "serve"], cwd=folder, env=environment, stderr=subprocess.DEVNULL
    )
    try:
        _wait_until_healthy(port, process)
        yield process, time.perf_counter() - began
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)


def _wait_until_healthy(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise SystemExit(f"the server ended with {process.returncode}")
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
        try:
            connection.request("GET", "/health")
            if connection.getresponse().status == http.HTTPStatus.OK:
                return
        except OSError:
            time.sleep(0.005)
        finally:
            connection.close()
    raise SystemExit(f"no healthy answer in {PATIENCE} s")


def _worker_memory(parent: int) -> float:
    workers = psutil.Process(parent).children()
    return max(worker.memory_info().rss for worker in workers) / 2**20


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _report(what: str, unit: str, figures: list[float], bar: float) -> None:
    median = statistics.median(figures)
    verdict = "met" if median < bar else "MISSED"
    spread = f"{min(figures):.2f} to {max(figures):.2f}"
    print(f"{what:34} {median:7.2f} {unit:4} ({spread})  under {bar}: {verdict}", flush=True)


if __name__ == "__main__":
    main()
