"""Results that nobody can take: said in a line, and once."""

import os
import subprocess
from pathlib import Path

from tests.integration.processes import ARMATURE, environment


def help_into(stdout: int) -> tuple[int, str]:
    done = subprocess.run(
        [ARMATURE, "--help"],
        env=environment(),
        stdout=stdout,
        stderr=subprocess.PIPE,
        check=False,
        text=True,
    )
    return done.returncode, done.stderr


def test_a_full_disk_is_told_once() -> None:
    with Path("/dev/full").open("wb") as full:
        code, said = help_into(full.fileno())

    assert code == 1
    assert said == "error: The result cannot be written: [Errno 28] No space left on device\n"


def test_a_reader_who_has_gone_is_told_nothing() -> None:
    reader, writer = os.pipe()
    os.close(reader)

    assert help_into(writer) == (141, "")

    os.close(writer)
