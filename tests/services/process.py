"""Server processes: started without root's rights, logged to a file, stopped for sure."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import psutil

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

STOP_SECONDS = 10.0
POLL_SECONDS = 0.02


class Account(NamedTuple):
    """Who a server runs as; None is the caller."""

    uid: int | None
    gid: int | None


def server_account() -> Account:
    """Return `nobody` for root, because PostgreSQL and PgBouncer refuse to run as root."""
    if os.geteuid() != 0:
        return Account(None, None)
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


def server_folder(path: Path) -> Path:
    """Make a folder that only the server's account (and root) can enter."""
    path.mkdir(mode=0o700)
    account = server_account()
    if account.uid is not None:
        shutil.chown(path, account.uid, account.gid)
    return path


@contextmanager
def running(
    command: Sequence[str | Path], folder: Path, stop: signal.Signals
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server in `folder`, its output in `folder/log`; end it by `stop`, or else SIGKILL."""
    account = server_account()
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            user=account.uid,
            group=account.gid,
            extra_groups=None if account.gid is None else [],
        )
    try:
        yield process
    finally:
        process.send_signal(stop)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until_ready(
    process: subprocess.Popen[bytes], folder: Path, ready: Callable[[], bool], seconds: float = 30
) -> None:
    """Return when `ready()` holds; raise `RuntimeError`, with the log, when it cannot any more."""
    deadline = time.monotonic() + seconds
    while not ready():
        ended = process.poll() is not None
        if ended or time.monotonic() > deadline:
            log = (folder / "log").read_text(errors="replace")[-2000:]
            what = f"ended with {process.returncode}" if ended else "is not ready"
            raise RuntimeError(f"{folder.name} {what}:\n{log}")
        time.sleep(POLL_SECONDS)


def children_of(pid: int) -> list[int]:
    """Return the ids of the processes that this one started; of one that ended, none."""
    try:
        return [child.pid for child in psutil.Process(pid).children()]
    except psutil.NoSuchProcess:
        return []


def free_port() -> int:
    """Return a loopback port that was free a moment ago; the caller checks who answers on it."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port
