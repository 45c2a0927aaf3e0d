"""A test run's side of its servers: a folder that stands for it, a keeper started on demand."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

from tests.services.folders import run_root
from tests.services.services import Services, published

PROJECT = Path(__file__).parents[2]
START_SECONDS = 300.0
STOP_SECONDS = 30.0
POLL_SECONDS = 0.02


class ServicesUnavailableError(RuntimeError):
    """No servers for the tests; the message says why."""


class Run:
    """A folder that all processes of a run know; the first to need servers starts the keeper."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._environment = dict(os.environ)  # as it was before tests changed it
        self._keeper: subprocess.Popen[bytes] | None = None

    def services(self) -> Services:
        """Return the servers, started by the first caller, or raise `ServicesUnavailableError`."""
        with (self.folder / "starting").open("w") as starting:
            fcntl.flock(starting, fcntl.LOCK_EX)
            if not self._pid_file.exists():
                self._start_keeper()
        deadline = time.monotonic() + START_SECONDS
        while (services := published(self.folder)) is None:
            died = self._keeper is not None and self._keeper.poll() is not None
            if died or time.monotonic() > deadline:
                raise ServicesUnavailableError(f"the keeper gave no servers:\n{self._log()}")
            time.sleep(POLL_SECONDS)
        if services.failure:
            raise ServicesUnavailableError(
                f"{services.failure}\nTEST_SERVICES chooses other servers."
            )
        return services

    @property
    def _pid_file(self) -> Path:
        return self.folder / "keeper.pid"

    def _start_keeper(self) -> None:
        with (self.folder / "keeper.log").open("ab") as log:
            # A session of its own: Ctrl-C in the terminal must not reach it, nor the servers.
            self._keeper = subprocess.Popen(
                [sys.executable, "-m", "tests.services.keeper", self.folder],
                cwd=PROJECT,
                env=self._environment | {"PYTHONPATH": str(PROJECT)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._pid_file.write_text(str(self._keeper.pid))

    def _log(self) -> str:
        with suppress(FileNotFoundError):
            return (self.folder / "keeper.log").read_text(errors="replace")[-4000:]
        return "its folder is gone"


class OwnedRun(Run):
    """The run as pytest's main process holds it: while it lives, so do the servers."""

    def __init__(self) -> None:
        super().__init__(Path(tempfile.mkdtemp(prefix="armature-", dir=run_root())))
        self.folder.chmod(0o711)  # the servers' account passes through to its own folders
        # A POSIX lock: unlike flock's, a forked child that outlives pytest does not prolong it.
        self._owner: IO[str] = (self.folder / "owner").open("w")
        fcntl.lockf(self._owner, fcntl.LOCK_EX)

    def close(self) -> None:
        """Have the keeper stop everything, and return when it has; remove the folder."""
        self._owner.close()
        with suppress(FileNotFoundError):
            self._wait_for_keeper(int(self._pid_file.read_text()))
        shutil.rmtree(self.folder, ignore_errors=True)

    def _wait_for_keeper(self, pid: int) -> None:
        deadline = time.monotonic() + STOP_SECONDS
        while self.folder.exists() and self._is_alive(pid) and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
        if self.folder.exists() and self._is_alive(pid):
            os.kill(pid, signal.SIGTERM)
        if self._keeper is not None:
            self._keeper.wait(STOP_SECONDS)

    def _is_alive(self, pid: int) -> bool:
        if self._keeper is not None:
            return self._keeper.poll() is None
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        return True
