"""The service under test: `armature serve`, on an address that stays."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.services.process import children_of, free_port

ARMATURE = str(Path(sys.executable).with_name("armature"))
PATIENCE = 60.0

VARIABLES = {
    "APP_ENV": "test",
    "JWT_SECRET": "a secret for tests only, of enough bytes",
    "PASSWORD_HASHER": "argon2id://?m=8&t=1&p=1",
    "RATE_LIMIT_URL": "none://",
    "HTTP_WORKERS": "2",
    "METRICS_PORT": "0",
    "REQUEST_TIMEOUT": "5s",
    "REFRESH_GRACE": "30s",
}


@dataclass
class Service:
    folder: Path
    variables: Mapping[str, str]
    port: int
    running: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def migrate(self) -> None:
        self.command("db", "upgrade")

    def command(self, *words: str) -> None:
        subprocess.run(
            [ARMATURE, *words],
            env=self._environment(),
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self.running = subprocess.Popen(
                [ARMATURE, "serve"],
                cwd=self.folder,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                if httpx.get(f"{self.url}/health/ready", timeout=5).is_success:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.02)
        raise RuntimeError((self.folder / "log").read_text(errors="replace")[-4000:])

    def stop(self) -> int:
        """Ask it to end; give its exit code."""
        if self.running is None:
            return 0
        self.running.send_signal(signal.SIGTERM)
        return self.running.wait(PATIENCE)

    def workers(self) -> list[int]:
        return [] if self.running is None else children_of(self.running.pid)

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HTTP_PORT": str(self.port),
            **VARIABLES,
            **self.variables,
        }


@contextmanager
def serving(folder: Path, variables: Mapping[str, str]) -> Iterator[Service]:
    service = Service(folder, variables, free_port())
    if variables.get("DATABASE_URL") != "memory://":
        service.migrate()
    service.start()
    try:
        yield service
    finally:
        service.stop()
