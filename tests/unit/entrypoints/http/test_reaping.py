import subprocess
import sys

import pytest

# In a process of its own, since it waits for whatever child it has.
SCRIPT = """
import os, sys
from entrypoints.http.server.serve import reap, reap_orphans
ended, own = os.fork(), None
if not ended:
    os._exit(0)
if sys.argv[1] == "own":
    own = ended
os.waitid(os.P_PID, ended, os.WEXITED | os.WNOWAIT)
reap({own})
try:
    os.waitpid(ended, 0)
    print("left")
except ChildProcessError:
    print("reaped")
"""


@pytest.mark.parametrize(("whose", "becomes"), [("orphan", "reaped"), ("own", "left")])
def test_orphans_are_reaped_and_our_own_are_left_to_whoever_waits(whose: str, becomes: str) -> None:
    command = [sys.executable, "-c", SCRIPT, whose]

    assert subprocess.check_output(command, text=True).strip() == becomes
