"""Where a worker's time goes while a case is played, by py-spy."""

import shutil
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.bench.cases import Case
from tests.bench.stage import Stage

RATE = 200
SHOWN = 12
WAITING = {
    "Condition.wait (threading.py)",
    "_worker (concurrent/futures/thread.py)",
    "_connection_worker_thread (aiosqlite/core.py)",
    "Connection._recv (multiprocessing/connection.py)",
}
"""Where threads wait for work: py-spy takes some of these for work, depending on the kernel."""

PARTS = {
    "granian/": "the HTTP server and its loop, as it calls us",
    "litestar/": "Litestar",
    "entrypoints/http/middleware.py": "our layer around Litestar",
    "entrypoints/http/exchange.py": "our layer around Litestar",
    "entrypoints/http/in_flight.py": "our layer around Litestar",
    "entrypoints/http/client_address.py": "our layer around Litestar",
    "entrypoints/http/refusals.py": "our layer around Litestar",
    "entrypoints/http/response_headers.py": "our layer around Litestar",
    "entrypoints/http/request_telemetry.py": "our layer around Litestar",
    "entrypoints/": "our routes, and what is asked before them",
    "application/": "use cases",
    "domain/": "use cases",
    "adapters/policies/": "policies around ports",
    "adapters/telemetry/": "metrics, log lines, traces",
    "prometheus_client/": "metrics, log lines, traces",
    "adapters/": "adapters, and the libraries below them",
}
"""What a function is a part of, by the file it is in; the first that fits."""


class NoProfileError(Exception):
    """py-spy is missing or may not look; the message says which."""


def profile(case: Case, stage: Stage, seconds: float, folder: Path) -> list[str]:
    """Leave `CASE.svg` and `CASE.txt` in `folder`; give parts, and functions that took most.

    Raises NoProfileError.
    """
    if case.server is None:
        raise NoProfileError(f"{case.name} is not about the service")
    spy = shutil.which("py-spy", path=str(Path(sys.executable).parent))
    if spy is None:
        raise NoProfileError("py-spy is missing: `just bench` installs it")
    worker = case.server(stage).service.workers()[0]
    folder.mkdir(parents=True, exist_ok=True)
    for form, name in (("flamegraph", "svg"), ("raw", "stacks")):
        with _played(case, stage, seconds + 2):
            _record(spy, worker, seconds, form, folder / f"{case.name}.{name}")
    stacks = (folder / f"{case.name}.stacks").read_text()
    by_part, by_function = parts(stacks), costs(stacks)
    lines = [*by_part, "", *by_function]
    (folder / f"{case.name}.txt").write_text("\n".join(lines) + "\n")
    return lines[: len(by_part) + 1 + SHOWN]


def parts(stacks: str) -> list[str]:
    """Give the parts of the service by their share of the samples.

    What the standard library and other libraries do is done for whoever of us called them.
    """
    taken: Counter[str] = Counter()
    for frames, count in _samples(stacks):
        taken[next(filter(None, map(_part, reversed(frames))), "other threads")] += count
    every = taken.total()
    return [f"{count / every:6.1%} {part}" for part, count in taken.most_common()]


def _part(frame: str) -> str | None:
    place = frame.partition(" (")[2]
    return next((part for folder, part in PARTS.items() if place.startswith(folder)), None)


def costs(stacks: str) -> list[str]:
    """Give the functions by the share of samples they are on top of, with all that they call."""
    own: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for frames, count in _samples(stacks):
        own[frames[-1]] += count
        total.update(dict.fromkeys(frames, count))
    every = own.total()
    return [
        f"{count / every:6.1%} itself, {total[name] / every:6.1%} in all: {name}"
        for name, count in own.most_common()
    ]


def _samples(stacks: str) -> Iterator[tuple[list[str], int]]:
    """Give each stack, the outermost function first, and how often it was seen at work."""
    for line in stacks.splitlines():
        stack, _, count = line.rpartition(" ")
        frames = [_function(frame) for frame in stack.split(";")] if stack else [""]
        if frames[-1] and frames[-1] not in WAITING:
            yield frames, int(count)


def _function(frame: str) -> str:
    """Drop the line number, which tells the calls of one function apart."""
    name, bracket, place = frame.partition(" (")
    return f"{name}{bracket}{place.rpartition(':')[0] or place.rstrip(')')}{')' * bool(bracket)}"


class _played:  # noqa: N801 - a context manager, used like one
    """A case, played in a thread meanwhile."""

    def __init__(self, case: Case, stage: Stage, seconds: float) -> None:
        self._thread = threading.Thread(target=case.run, args=(stage, seconds))

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._thread.join()


def _record(spy: str, pid: int, seconds: float, form: str, path: Path) -> None:
    command = [spy, "record", f"--pid={pid}", f"--duration={round(seconds)}", f"--rate={RATE}"]
    options = [f"--format={form}", f"--output={path}"]
    done = subprocess.run([*command, *options], check=False, capture_output=True, text=True)
    if done.returncode:
        raise NoProfileError(done.stderr.strip() or done.stdout.strip())
