"""The container engine, by its command line: what was started here is removed here, and no more."""

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

PATIENCE: Final = 60.0
"""Seconds for whatever a container has to become."""

HARDENED: Final = (
    *("--read-only", "--tmpfs", "/tmp:size=64m,mode=1777"),  # noqa: S108 - the container's own
    *("--cap-drop", "ALL", "--security-opt", "no-new-privileges"),
)


class Engine:
    """`prefix` begins the name of everything that is made."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.network = f"{prefix}-net"
        self._containers: list[str] = []

    def call(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            ["docker", *arguments],
            capture_output=True,
            check=False,
            text=True,
            timeout=900,
            env=os.environ | {"DOCKER_BUILDKIT": "1"},
        )
        if check and done.returncode:
            raise AssertionError(f"docker {' '.join(arguments)}: {done.stderr[-2000:]}")
        return done

    def answers(self) -> bool:
        with suppress(OSError):
            return self.call("version", check=False).returncode == 0
        return False

    @contextmanager
    def private_network(self) -> Iterator[None]:
        """A network for this run, and an end to all that was started in it."""
        self.call("network", "create", self.network)
        try:
            yield
        finally:
            for name in self._containers:
                self.call("rm", "--force", "--volumes", name, check=False)
            self.call("network", "rm", self.network, check=False)

    def start(self, name: str, image: str, *command: str, options: tuple[str, ...] = ()) -> str:
        """Start a container in the background; give its whole name."""
        whole = f"{self.prefix}-{name}"
        self._containers.append(whole)
        names = ("--name", whole, "--network", self.network, "--network-alias", name)
        self.call("run", "--detach", *names, *options, image, *command)
        return whole

    def run(
        self, image: str, *command: str, options: tuple[str, ...] = ()
    ) -> subprocess.CompletedProcess[str]:
        """Run a container to its end."""
        where = ("--network", self.network)
        return self.call("run", "--rm", *where, *options, image, *command, check=False)

    def inside(self, name: str, *command: str) -> subprocess.CompletedProcess[str]:
        return self.call("exec", name, *command, check=False)

    def inspect(self, name: str) -> dict[str, Any]:
        found: list[dict[str, Any]] = json.loads(self.call("inspect", name).stdout)
        return found[0]

    def address(self, name: str) -> str:
        """Its own, so that no forwarding process of the engine stands between."""
        networks = self.inspect(name)["NetworkSettings"]["Networks"]
        return str(networks[self.network]["IPAddress"])

    def subnet(self) -> str:
        return str(self.inspect(self.network)["IPAM"]["Config"][0]["Subnet"])


def eventually(what: str, is_so: Callable[[], bool], patience: float = PATIENCE) -> float:
    """Wait until it is so; give the seconds that took."""
    began = time.monotonic()
    while time.monotonic() - began < patience:
        if is_so():
            return time.monotonic() - began
        time.sleep(0.05)
    raise AssertionError(f"{what}: not within {patience:g} s")
