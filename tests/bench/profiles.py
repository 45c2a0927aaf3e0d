"""Where a worker's time goes while a case is played, by py-spy."""

import shutil
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

from tests.bench.cases import Case
from tests.bench.stage import Stage

RATE = 200
SHOWN = 12
WAITING = {
    "_worker (concurrent/futures/thread.py)",
    "_connection_worker_thread (aiosqlite/core.py)",
    "Connection._recv (multiprocessing/connection.py)",
}
"""Where threads wait for work: py-spy takes some of these for work, depending on the kernel."""


class NoProfileError(Exception):
    """py-spy is missing or may not look; the message says which."""


def profile(case: Case, stage: Stage, seconds: float, folder: Path) -> list[str]:
    """Leave `CASE.svg` and `CASE.txt` in `folder`; give the functions that took most.

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
    lines = costs((folder / f"{case.name}.stacks").read_text())
    (folder / f"{case.name}.txt").write_text("\n".join(lines) + "\n")
    return lines[:SHOWN]


def costs(stacks: str) -> list[str]:
    """Give the functions by the share of samples they are on top of, with all that they call."""
    own: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for line in stacks.splitlines():
        stack, _, count = line.rpartition(" ")
        if not stack or _function(stack.rpartition(";")[2]) in WAITING:
            continue
        frames = [_function(frame) for frame in stack.split(";")]
        own[frames[-1]] += int(count)
        total.update(dict.fromkeys(frames, int(count)))
    every = sum(own.values())
    return [
        f"{count / every:6.1%} itself, {total[name] / every:6.1%} in all: {name}"
        for name, count in own.most_common()
    ]


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
