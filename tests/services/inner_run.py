"""A small test run of its own, to see what a whole run does with its servers."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

PROJECT = Path(__file__).parents[2]
SECONDS = 60.0

CONFTEST = """\
from tests.conftest import pytest_configure
from tests.integration.conftest import *
"""
# The plugins that an inner run can do without take seconds to import.
QUICK = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
# Every inner test that uses the servers notes them in a file of its own.
PREAMBLE = """\
import os, pathlib, signal, time

SEEN = pathlib.Path(__file__).parent / "seen"

def note(services):
    SEEN.mkdir(exist_ok=True)
    draft = SEEN.parent / f"draft-{os.getpid()}"
    draft.write_text(services.postgres_url)
    draft.rename(SEEN / str(os.getpid()))

def wait_for_workers(count):
    deadline = time.monotonic() + 30
    while len(list(SEEN.iterdir())) < count and time.monotonic() < deadline:
        time.sleep(0.02)

"""


@dataclass(frozen=True, slots=True)
class InnerRun:
    """Runs pytest in `folder` on a file of tests that is given as text."""

    folder: Path

    def run(
        self, tests: str, *options: str, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run the tests to the end."""
        process = self.start(tests, *options, **environment)
        output, errors = process.communicate(timeout=SECONDS)
        return subprocess.CompletedProcess(process.args, process.returncode, output, errors)

    def start(self, tests: str, *options: str, **environment: str) -> subprocess.Popen[str]:
        """Start the tests and return at once."""
        (self.folder / "conftest.py").write_text(CONFTEST)
        (self.folder / "pytest.ini").write_text("[pytest]\n")
        (self.folder / "test_inner.py").write_text(PREAMBLE + tests)
        own = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PYTEST_", "TEST_"))
        }
        return subprocess.Popen(
            [
                sys.executable,
                "-m",
                "pytest",
                "-p",
                "xdist",
                "-p",
                "no:cacheprovider",
                *options,
                self.folder,
            ],
            cwd=self.folder,
            env=own | QUICK | {"PYTHONPATH": str(PROJECT)} | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def seen(self) -> list[Path]:
        """Return the folder of the servers that each inner process saw (the embedded lane's URL
        holds it).
        """
        notes = (self.folder / "seen").glob("*")
        return [Path(note.read_text().partition("host=")[2]).parent for note in notes]

    def remains(self) -> list[str]:
        """Return what is left of the servers: their folder, and the processes started in it."""
        folders = {str(folder) for folder in self.seen()}
        assert folders, "no inner test used the servers"
        left = [folder for folder in folders if Path(folder).exists()]
        return left + [
            entry for entry in _processes() if any(folder in entry for folder in folders)
        ]

    def wait_until(self, holds: Callable[[], bool]) -> None:
        """Return when `holds()`; fail when it does not come to hold."""
        deadline = time.monotonic() + SECONDS
        while not holds():
            assert time.monotonic() < deadline, "it did not come to hold"
            time.sleep(0.05)


def _processes() -> list[str]:
    """Return each process's working folder and command: Valkey rewrites the one, not the other."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (
                (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            )
            found.append(f"{process.name} {(process / 'cwd').readlink()} {command}")
        except OSError:  # it ended meanwhile, or is another user's
            continue
    return found
