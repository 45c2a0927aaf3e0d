"""Whether a server process has ended, where two threads wait for it."""

import subprocess
import sys
from types import SimpleNamespace
from typing import cast

from granian.server.mp import WorkerProcess

from entrypoints.http.server.supervisor import is_alive


def worker(process: "subprocess.Popen[bytes]") -> WorkerProcess:
    return cast("WorkerProcess", SimpleNamespace(inner=process))


def test_a_process_is_alive_until_it_ends_whoever_was_told_of_that() -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    assert is_alive(worker(process))

    process.communicate(b"\n")

    # Its end was told to `communicate`, and will not be told again.
    assert not is_alive(worker(process))
