"""The service in the settings that are compared, with accounts to ask for."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.bench.peers import PASSWORD
from tests.faults.service import Service, serving
from tests.services.process import free_port

EMAIL = "bench@example.com"
# As in production: limits, logs as JSON, metrics, every layer. The limits stand where they refuse
# nobody, and tokens live as long as the benchmark.
EVERYTHING_ON = {
    "HTTP_WORKERS": "1",
    "PASSWORD_HASHER": "argon2id://?m=19456&t=2&p=1",
    "REQUEST_TIMEOUT": "10s",
    "REFRESH_GRACE": "10s",
    "ACCESS_TOKEN_TTL": "2h",
    "LOG_LEVEL": "info",
    "LOG_FORMAT": "json",
    "CACHE_URL": "memory://",
    "RATE_LIMIT_URL": "memory://",
    "RATE_LIMITS": "login=off,"
    + ",".join(
        f"{name}=10000/1s"
        for name in (
            *("register", "api", "api-user", "public", "password-proof"),
            *("login-account", "login-known", "login-global"),
        )
    ),
}


@dataclass(frozen=True)
class Server:
    """A running service, one account of which has `token`."""

    service: Service
    token: str

    @property
    def port(self) -> int:
        return self.service.port

    @property
    def url(self) -> str:
        return self.service.url

    @property
    def bearer(self) -> dict[str, str]:
        return bearer(self.token)

    def register(self, email: str) -> None:
        body = {"email": email, "password": PASSWORD}
        self._post("register", body)

    def log_in(self, email: str) -> dict[str, str]:
        """Give the tokens of a new session: `token` and `refresh_token`."""
        return self._post("login", {"email": email, "password": PASSWORD})

    def grant_admin(self) -> None:
        self.service.command("users", "grant", EMAIL, "admin")

    def get(self, path: str) -> httpx.Response:
        return httpx.get(self.url + path, headers=self.bearer, timeout=30).raise_for_status()

    def _post(self, what: str, body: dict[str, str]) -> dict[str, str]:
        answer = httpx.post(f"{self.url}/api/v1/auth/{what}", json=body, timeout=30)
        data: dict[str, str] = answer.raise_for_status().json()["data"]
        return data


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@contextmanager
def server(folder: Path, variables: Mapping[str, str]) -> Iterator[Server]:
    """Run the service in `folder` with everything on but what `variables` say."""
    folder.mkdir(parents=True)
    told = {**EVERYTHING_ON, "METRICS_PORT": str(free_port()), **variables}
    with serving(folder, told) as service:
        body = {"email": EMAIL, "password": PASSWORD}
        answer = httpx.post(f"{service.url}/api/v1/auth/register", json=body, timeout=30)
        yield Server(service, answer.raise_for_status().json()["data"]["token"])
