"""An OTLP receiver of somebody else, oteltap, and the spans that it was sent."""

import json
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from tests.observe.report import NotAsPromisedError
from tests.security.tools import Tool, runner
from tests.services.process import free_port

OTELTAP = Tool("oteltap", "oteltap")
SERVER, CLIENT = 2, 3
"""Kinds of spans, as OTLP numbers them."""
PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Received:
    """A span as it went over the wire."""

    trace: str
    id: str
    parent: str
    name: str
    kind: int
    attributes: dict[str, str]
    text: str


@dataclass(frozen=True, slots=True)
class Collector:
    url: str
    output: Path

    def spans(self) -> list[Received]:
        # The last line may be half written.
        lines = self.output.read_text(errors="replace").split("\n")[:-1]
        return [_received(line) for line in lines if line.startswith('{"traceId"')]

    def await_spans(self, are_there: Callable[[list[Received]], object]) -> list[Received]:
        """Wait until `are_there`; give what has come until then, or until patience ends."""
        deadline = time.monotonic() + PATIENCE / 4
        while not are_there(found := self.spans()) and time.monotonic() < deadline:
            time.sleep(0.1)
        return found


@contextmanager
def collecting(folder: Path) -> Iterator[Collector]:
    port = free_port()
    output = folder / "spans"
    with output.open("wb") as out, (folder / "oteltap.log").open("wb") as log:
        running = subprocess.Popen(
            [*_oteltap(), "--port", str(port)], stdin=subprocess.DEVNULL, stdout=out, stderr=log
        )
    try:
        _wait(port, running, folder / "oteltap.log")
        yield Collector(f"http://127.0.0.1:{port}", output)
    finally:
        _end(running)


def _oteltap() -> list[str]:
    # `python -m`: what it prints is to come as it happens.
    return [*runner(OTELTAP), "python", "-um", "oteltap"]


def _wait(port: int, running: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and running.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise NotAsPromisedError(f"oteltap does not serve: {log.read_text()[-1500:]}")


def _end(running: "subprocess.Popen[bytes]") -> None:
    """End uv and what it started, which it does not always take along."""
    if running.poll() is None:
        for child in psutil.Process(running.pid).children(recursive=True):
            child.terminate()
        running.terminate()
    running.wait(PATIENCE)


def _received(line: str) -> Received:
    span: dict[str, Any] = json.loads(line)
    return Received(
        trace=span["traceId"],
        id=span["spanId"],
        parent=span["parentSpanId"],
        name=span["name"],
        kind=span["kind"],
        attributes={each["key"]: str([*each["value"].values()]) for each in span["attributes"]},
        text=line,
    )
