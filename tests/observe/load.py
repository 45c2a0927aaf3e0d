"""What clients do while Prometheus looks on: a little of everything, one after the other."""

from dataclasses import dataclass, field
from uuid import uuid4

import httpx

from tests.observe.report import demand

PASSWORD = "Correct-Horse-1-planted"
WRONG = "Wrong-Horse-2-planted"
NAME = "Planted Name"


@dataclass
class Load:
    """Calls the service as one user; `secrets` is what must be seen nowhere."""

    client: httpx.Client
    email: str = field(default_factory=lambda: f"planted-{uuid4().hex}@example.com")
    secrets: set[str] = field(default_factory=lambda: {PASSWORD, WRONG, NAME, "planted-"})
    user_id: str = ""
    access: str = ""
    refresh: str = ""

    def register(self) -> None:
        body = {"email": self.email, "password": PASSWORD, "name": NAME}
        answer = self._post("register", body)
        demand(answer.status_code == httpx.codes.CREATED, f"registration: {answer.text}")
        self._keep(answer)
        self.user_id = self.me().json()["data"]["user"]["id"]

    def log_in(self, headers: dict[str, str] | None = None) -> httpx.Response:
        answer = self._post("login", {"email": self.email, "password": PASSWORD}, headers)
        self._keep(answer)
        return answer

    def me(self, headers: dict[str, str] | None = None) -> httpx.Response:
        return self.client.get("/api/v1/users/me", headers=self.bearer | (headers or {}))

    def round(self) -> list[int]:
        """Do everything once; give the statuses. What a dead server answers is part of it."""
        answers = [
            self.log_in(),
            self._post("login", {"email": self.email, "password": WRONG}),
            self.me(),
            self.me(),
            self.client.get(f"/nowhere/{uuid4().hex}"),
            self.client.get("/api/v1/users", headers=self.bearer),
            self._post("refresh", {"refresh_token": self.refresh}),
            self.client.get("/health/ready"),
        ]
        self._keep(answers[-2])
        return [answer.status_code for answer in answers]

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.access}"}

    def _post(
        self, path: str, body: dict[str, str], headers: dict[str, str] | None = None
    ) -> httpx.Response:
        return self.client.post(f"/api/v1/auth/{path}", json=body, headers=headers)

    def _keep(self, answer: httpx.Response) -> None:
        if answer.is_success:
            data = answer.json()["data"]
            self.access, self.refresh = data["token"], data["refresh_token"]
            self.secrets |= {self.access, self.refresh}
