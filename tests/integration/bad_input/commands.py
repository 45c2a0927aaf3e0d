"""Commands that fail, and the agreed shape of what they say."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.integration.bad_input import unprivileged
from tests.integration.bad_input.conftest import VARIABLES
from tests.integration.processes import ARMATURE, PATIENCE, environment, free_port


@dataclass(frozen=True)
class Shell:
    """Runs commands in `folder` with `variables`; root's own privileges are not among them."""

    folder: Path
    variables: dict[str, str]

    def fails(self, code: int, *arguments: str, says: str, **variables: str) -> str:
        """Run a command that ends with `code` and no result; give its message for a person."""
        done = self._run(arguments, variables)
        assert (done.returncode, done.stdout) == (code, ""), done.stderr
        error = done.stderr[done.stderr.index("error: ") :]
        assert says in error
        assert error.count("error: ") == 1
        assert "Traceback" not in done.stderr
        assert "a bug in Armature" not in done.stderr
        return error

    def fails_in_json(self, code: int, *arguments: str, says: str, **variables: str) -> None:
        """Do what `fails` does, for a script."""
        done = self._run((*arguments, "--json"), variables)
        assert (done.returncode, done.stdout) == (code, ""), done.stderr
        (line,) = done.stderr.splitlines()
        error = json.loads(line)["error"]
        assert {"code", "message", "errors"} <= set(error)
        assert says in json.dumps(error, ensure_ascii=False)

    def _run(
        self, arguments: tuple[str, ...], variables: dict[str, str]
    ) -> subprocess.CompletedProcess[str]:
        port = {} if "--port" in arguments else {"HTTP_PORT": str(free_port())}
        return subprocess.run(
            [sys.executable, "-S", unprivileged.__file__, ARMATURE, *arguments],
            cwd=self.folder,
            env=environment(**VARIABLES | port | self.variables | variables),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            text=True,
            timeout=PATIENCE,
        )
