"""Results that nobody can take: said in a line, and once."""

import json
import os
import subprocess
from pathlib import Path

import httpx

from tests.integration.processes import ARMATURE, environment, serving


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


def test_a_log_that_nobody_reads_holds_up_no_request(tmp_path: Path) -> None:
    variables = {"LOG_LEVEL": "info", "LOG_FORMAT": "json"}
    # Access lines of 300 bytes and more, of which a pipe holds 64 KiB.
    with serving(tmp_path, variables) as server, httpx.Client(base_url=server.url) as client:
        answers = [client.get("/health").status_code for _ in range(600)]

        assert answers == [200] * 600
        # stop() reads, so this end is one with a reader.
        code, said = server.stop()

    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    assert code == 0
    assert sum(line["event"].startswith("GET /health 200") for line in lines) >= 600
