"""The service as its users start it: processes, a port, signals."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

ARMATURE = str(Path(sys.executable).with_name("armature"))
PATIENCE = 30.0
"""Seconds; far beyond what anything here takes, for machines that are busy."""


def environment(**variables: str) -> dict[str, str]:
    """Give an environment with nothing of ours in it but `variables`."""
    kept = {
        name: os.environ[name] for name in ("PATH", "COVERAGE_PROCESS_CONFIG") if name in os.environ
    }
    # Servers of tests run side by side, and what they say waits in a pipe that must not fill up.
    # Nor would a database that is away come back.
    given = {"METRICS_PORT": "0", "LOG_LEVEL": "warning", "STARTUP_TIMEOUT": "0s"}
    return kept | given | variables


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Server:
    """A server that answers; `url` is where."""

    process: subprocess.Popen[str]
    url: str

    def stop(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        """Signal it; give its exit code, and what it said on stderr."""
        self.process.send_signal(number)
        _, said = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, said

    def kill(self) -> None:
        """End all of its processes at once; none of them gets to do anything about it."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate(timeout=PATIENCE)


@contextmanager
def serving(folder: Path, variables: Mapping[str, str]) -> Iterator[Server]:
    """Start `armature serve` in `folder`, and wait until it is healthy."""
    with starting(folder, variables) as server:
        _wait(server)
        yield server


@contextmanager
def starting(folder: Path, variables: Mapping[str, str]) -> Iterator[Server]:
    """Start `armature serve` in `folder`."""
    port = free_port()
    process = subprocess.Popen(
        [ARMATURE, "serve"],
        cwd=folder,
        env=environment(**variables, HTTP_PORT=str(port)),
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    server = Server(process, f"http://127.0.0.1:{port}")
    try:
        yield server
    finally:
        if process.poll() is None:
            server.stop()
        if process.stderr:
            process.stderr.close()


def _wait(server: Server) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            _, said = server.process.communicate()
            raise AssertionError(f"the server ended with {server.process.returncode}: {said}")
        try:
            if httpx.get(f"{server.url}/health", timeout=1).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.02)
    raise AssertionError(f"no healthy answer within {PATIENCE} s")


def armature(
    folder: Path, arguments: list[str], stdin: str = "", **variables: str
) -> tuple[int, str, str]:
    """Run one command in `folder`; give its exit code, stdout and stderr."""
    done = subprocess.run(
        [ARMATURE, *arguments],
        cwd=folder,
        env=environment(**variables),
        input=stdin,
        capture_output=True,
        check=False,
        text=True,
        timeout=PATIENCE,
    )
    return done.returncode, done.stdout, done.stderr
