"""The programs of others that the lane runs."""

import os
import shutil
import subprocess
from pathlib import Path

from tests.observe.report import NotAsPromisedError

PACKAGES = {
    "prometheus": "prometheus",
    "promtool": "prometheus",
    "amtool": "prometheus-alertmanager",
    "uv": "uv",
}
"""Each program, and the package of Debian (uv: of PyPI) that brings it."""
PATIENCE = 120.0


def missing() -> list[str]:
    """Tell which programs there are none of, and where they come from."""
    return [
        f"{program} is missing: install the package {package}"
        for program, package in PACKAGES.items()
        # `uv run` says in UV where its program is, which need not be in PATH.
        if shutil.which(os.environ.get(program.upper(), program)) is None
    ]


def run(command: list[str | Path]) -> str:
    """Give what a program says; raises what it complains of."""
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        text=True,
        timeout=PATIENCE,
    )
    said = f"{done.stdout}\n{done.stderr}".strip()
    if done.returncode:
        raise NotAsPromisedError(f"{command[0]} ended with {done.returncode}: {said[-1500:]}")
    return said
