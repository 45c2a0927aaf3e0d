"""What a caller does, from outside the container."""

import threading
from collections import Counter
from typing import Final

import httpx

from tests.image.engine import Engine, eventually

EMAIL: Final = "ada@example.org"
PASSWORD: Final = "Brass-Gears-1843-turn"
# What a proxy that ended TLS says.
PROXIED: Final = {"X-Forwarded-Proto": "https", "Host": "localhost"}


def tell(engine: Engine, container: str, url: str) -> str:
    """Register, log in, refresh, become an admin, list, log out; give an access token."""
    with httpx.Client(base_url=f"{url}/api/v1", headers=PROXIED, timeout=30) as client:
        registered = client.post("/auth/register", json={"email": EMAIL, "password": PASSWORD})
        assert registered.status_code == 201, registered.text
        login = client.post("/auth/login", json={"email": EMAIL, "password": PASSWORD})
        assert login.status_code == 200, login.text
        refresh = {"refresh_token": login.json()["data"]["refresh_token"]}
        refreshed = client.post("/auth/refresh", json=refresh)
        assert refreshed.status_code == 200, refreshed.text
        bearer = {"Authorization": f"Bearer {refreshed.json()['data']['token']}"}

        assert client.get("/users", headers=bearer).status_code == 403
        granted = engine.inside(container, "armature", "users", "grant", EMAIL, "admin")
        assert granted.returncode == 0, granted.stderr
        # A process trusts what it knows of a session for up to a second.
        eventually("an admin", lambda: client.get("/users", headers=bearer).status_code == 200, 5)
        listed = client.get("/users", headers=bearer)
        assert [user["email"] for user in listed.json()["data"]["users"]] == [EMAIL], listed.text

        assert client.post("/auth/logout", headers=bearer).status_code == 200
        assert client.get("/users/me", headers=bearer).status_code == 401
        other = registered.json()["data"]["token"]
        me = client.get("/users/me", headers={"Authorization": f"Bearer {other}"})
        assert me.status_code == 200, me.text
        return str(other)


class Callers:
    """Some who ask for their profile again and again, until nobody listens."""

    def __init__(self, url: str, token: str, number: int = 4) -> None:
        self.outcomes: Counter[str] = Counter()
        self._url = url
        self._headers = PROXIED | {"Authorization": f"Bearer {token}"}
        self._threads = [threading.Thread(target=self._ask) for _ in range(number)]
        self._under_way = threading.Event()

    def start(self) -> None:
        for thread in self._threads:
            thread.start()
        assert self._under_way.wait(30)

    def finish(self) -> None:
        for thread in self._threads:
            thread.join(60)

    def _ask(self) -> None:
        timeout = httpx.Timeout(30, connect=3)
        with httpx.Client(base_url=self._url, headers=self._headers, timeout=timeout) as client:
            while True:
                try:
                    answer = client.get("/api/v1/users/me")
                except (httpx.ConnectError, httpx.ConnectTimeout):
                    # No connection, so nothing was sent: any request may be tried elsewhere.
                    self.outcomes["refused before it was sent"] += 1
                    return
                except httpx.HTTPError as error:
                    self.outcomes[f"lost: {type(error).__name__}"] += 1
                    return
                self.outcomes[str(answer.status_code)] += 1
                if self.outcomes["200"] > 100:
                    self._under_way.set()
