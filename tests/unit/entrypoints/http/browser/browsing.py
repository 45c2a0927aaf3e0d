"""A browser as far as the service sees one: it keeps cookies, and says which page asks."""

from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import httpx

from application.settings import Environment
from entrypoints.http.app import HttpApi, create_app
from entrypoints.http.cookies.sessions import CookieSessions
from tests.unit.entrypoints.http.conftest import call
from tests.world import PASSWORD, World, settings_with

API = "/api/v1"
ORIGIN = "https://id.example.org"
PARTNER = "https://app.example.org"
ACCESS, REFRESH = "__Host-access", "__Host-refresh"
DEVICE = "__Host-device"
FORMER = "__Secure-refresh"
"""What an earlier release kept the refresh token in; answers that set or clear tokens clear it."""


@dataclass
class Browser:
    """Sends what a page at `origin` asks for; None says nothing about pages."""

    client: httpx.AsyncClient
    origin: str | None = ORIGIN
    csrf: str | None = None
    more: dict[str, str] = field(default_factory=dict)

    async def log_in(self, email: str = "ann@example.com") -> httpx.Response:
        body = {"email": email, "password": PASSWORD, "mode": "cookie"}
        return await self.post("/auth/login", json=body)

    async def enter(self, email: str = "ann@example.com") -> None:
        """Log in, and get what changes need."""
        assert (await self.log_in(email)).status_code == 200
        self.csrf = await self.new_token()

    async def new_token(self) -> str:
        answer = await self.get("/auth/csrf")
        return str(answer.json()["data"]["csrf_token"])

    async def get(self, path: str, **more: Any) -> httpx.Response:  # noqa: ANN401 - as httpx has it
        return await self.client.get(API + path, **more)

    async def post(self, path: str, **more: Any) -> httpx.Response:  # noqa: ANN401 - as above
        return await self.send("POST", path, **more)

    async def rename(self) -> httpx.Response:
        """Change something."""
        return await self.send("PATCH", "/users/me", json={"name": "Ann Lee"})

    async def send(self, method: str, path: str, **more: Any) -> httpx.Response:  # noqa: ANN401 - as above
        told = {"Origin": self.origin, "X-CSRF-Token": self.csrf}
        headers = {name: value for name, value in told.items() if value is not None}
        return await self.client.request(method, API + path, headers=headers | self.more, **more)

    def where(self, **changes: Any) -> "Browser":  # noqa: ANN401 - what a browser is made of
        """The same browser on another page, or with another token."""
        return replace(self, **changes)


def client_of(
    here: World,
    base_url: str = ORIGIN,
    environment: Environment = Environment.PRODUCTION,
) -> httpx.AsyncClient:
    """A client of the service, with a jar of its own; the service lives by the world's clock."""
    cookie_sessions = CookieSessions.of(
        settings_with(environment=environment), [PARTNER, "*", "null"]
    )
    kept = replace(cookie_sessions, csrf=replace(cookie_sessions.csrf, now=here.clock.now))
    app = _one_app()
    app.state.use_cases, app.state.cookie_sessions = here.do, kept
    client = call(app)
    client.base_url = httpx.URL(base_url)
    return client


@cache
def _one_app() -> HttpApi:
    """Give the API, which keeps nothing between calls but its routes."""
    return create_app()


def refused(answer: httpx.Response, saying: str = "") -> None:
    """Check that it was refused for where it came from, and says what is wrong."""
    assert answer.status_code == 403, answer.text
    data = answer.json()["data"]
    assert data["code"] == "AUTH_CSRF_FAILED"
    assert saying in data["message"]


def set_cookies(answer: httpx.Response) -> dict[str, set[str]]:
    """The attributes of each cookie that an answer sets, by its name."""
    found = {}
    for line in answer.headers.get_list("set-cookie"):
        pair, *attributes = line.split("; ")
        name = pair.partition("=")[0]
        if name != FORMER:
            found[name] = set(attributes)
    return found
