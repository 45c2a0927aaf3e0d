"""A browser's session over real sockets, on servers that share nothing but their database."""

import http.cookiejar
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.integration.processes import PATIENCE, Server, serving

PASSWORD = "Correct-Horse-1"
VARIABLES = {
    "APP_ENV": "test",
    "JWT_SECRET": "a secret for tests only, of enough bytes",
    "PASSWORD_HASHER": "argon2id://?m=8&t=1&p=1",
    "RATE_LIMIT_URL": "none://",
    "HTTP_WORKERS": "2",
}


@pytest.fixture
def server(tmp_path: Path, migrated_sqlite_url: str) -> Iterator[Server]:
    """Two processes: a CSRF token of one is one of the other."""
    with serving(tmp_path, VARIABLES | {"DATABASE_URL": migrated_sqlite_url}) as server:
        yield server


@dataclass
class Browser:
    """The standard library's client, whose jar heeds path, lifetime and Secure."""

    url: str
    jar: http.cookiejar.CookieJar = field(default_factory=http.cookiejar.CookieJar)
    csrf: str = ""

    def send(
        self, method: str, path: str, body: object = None, origin: str | None = None
    ) -> tuple[int, Any]:
        request = urllib.request.Request(  # noqa: S310 - our own server
            f"{self.url}/api/v1{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Content-Type": "application/json",
                "Origin": origin or self.url,
                "X-CSRF-Token": self.csrf,
                # Each call finds one of the two processes anew.
                "Connection": "close",
            },
        )
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))
        try:
            with opener.open(request, timeout=PATIENCE) as answer:
                return answer.status, json.load(answer)["data"]
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)["data"]["code"]

    def cookies(self) -> dict[str, str | None]:
        return {cookie.name: cookie.value for cookie in self.jar}


def test_a_browser_logs_in_changes_refreshes_and_logs_out(server: Server) -> None:
    ann = Browser(server.url)
    login = {"email": "ann@example.com", "password": PASSWORD}
    assert ann.send("POST", "/auth/register", login)[0] == 201
    assert set(ann.cookies()) == {"device"}

    status, data = ann.send("POST", "/auth/login", login | {"mode": "cookie"})
    assert (status, set(data)) == (200, {"user", "expires_in"})
    assert {cookie.name: cookie.path for cookie in ann.jar} == {
        "access": "/",
        "device": "/",
        "refresh": "/",
    }
    assert all(cookie.has_nonstandard_attr("HttpOnly") for cookie in ann.jar)

    assert ann.send("PATCH", "/users/me", {"name": "Ann"}) == (403, "AUTH_CSRF_FAILED")
    ann.csrf = ann.send("GET", "/auth/csrf")[1]["csrf_token"]
    for number in range(8):
        assert ann.send("PATCH", "/users/me", {"name": f"Ann {number}"})[0] == 200
    foreign = ann.send("PATCH", "/users/me", {"name": "Eve"}, origin="http://localhost:1")
    assert foreign == (403, "AUTH_CSRF_FAILED")

    before = ann.cookies()
    ann.jar.clear(*_place(ann, "access"))
    assert ann.send("GET", "/users/me") == (401, "AUTH_UNAUTHORIZED")
    assert ann.send("POST", "/auth/refresh")[0] == 200
    after = ann.cookies()
    assert all(before[name] != after[name] for name in ("access", "refresh"))
    assert ann.send("GET", "/users/me")[1]["user"]["name"] == "Ann 7"

    assert ann.send("POST", "/auth/logout") == (200, None)
    assert set(ann.cookies()) == {"device"}
    assert ann.send("POST", "/auth/refresh") == (401, "AUTH_UNAUTHORIZED")

    code, said = server.stop()
    assert code == 0
    assert "Traceback" not in said


def _place(browser: Browser, name: str) -> tuple[str, str, str]:
    """Where a jar keeps a cookie."""
    cookie = next(each for each in browser.jar if each.name == name)
    return cookie.domain, cookie.path, cookie.name
