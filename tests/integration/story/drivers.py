"""Two ways to do the same things, each a driver of the service from outside."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import httpx

Facts = Mapping[str, object]


@dataclass
class Refused(Exception):
    """The service said no, with this code of the catalogue."""

    code: str


class Driver(Protocol):
    """What a person can do here; results have the names of the API. Raises Refused."""

    def register(self, email: str, password: str, name: str) -> Facts: ...

    def log_in(self, email: str, password: str) -> Facts: ...

    def refresh(self, refresh_token: str) -> Facts: ...

    def log_out(self, token: str) -> None: ...

    def whose(self, token: str) -> str:
        """Give the id of the user whose token this is."""
        ...

    def rename(self, who: "Person", name: str) -> Facts: ...

    def sessions(self, who: "Person") -> list[Facts]: ...

    def end_session(self, who: "Person", session_id: str) -> None: ...

    def change_password(self, who: "Person", new: str) -> None: ...

    def close(self, who: "Person") -> None: ...

    def show(self, admin: "Person", user_id: str) -> Facts: ...

    def deactivate(self, admin: "Person", user_id: str) -> Facts: ...

    def activate(self, admin: "Person", user_id: str) -> Facts: ...

    def grant(self, admin: "Person", user_id: str, role: str) -> Facts: ...

    def revoke(self, admin: "Person", user_id: str, role: str) -> Facts: ...

    def audit(self, admin: "Person", user_id: str) -> list[Facts]:
        """Give what was done to the user, the newest first."""
        ...

    def page(self, admin: "Person", cursor: str | None) -> tuple[list[Facts], str | None]:
        """Give two users, and where the next two are."""
        ...


@dataclass
class Person:
    """What somebody knows of themselves; `token` is what they call with."""

    id: str
    email: str
    password: str
    token: str


Send = Callable[..., httpx.Response]


@dataclass
class Http(Driver):
    """The API; `send(method, path, **of_httpx)` is how requests get there."""

    send: Send

    def register(self, email: str, password: str, name: str) -> Facts:
        body = {"email": email, "password": password, "name": name}
        return self._do("POST", "/auth/register", json=body)

    def log_in(self, email: str, password: str) -> Facts:
        return self._do("POST", "/auth/login", json={"email": email, "password": password})

    def refresh(self, refresh_token: str) -> Facts:
        return self._do("POST", "/auth/refresh", json={"refresh_token": refresh_token})

    def log_out(self, token: str) -> None:
        self._do("POST", "/auth/logout", token)

    def whose(self, token: str) -> str:
        return str(_user(self._do("GET", "/users/me", token))["id"])

    def rename(self, who: Person, name: str) -> Facts:
        return _user(self._do("PATCH", "/users/me", who.token, json={"name": name}))

    def sessions(self, who: Person) -> list[Facts]:
        return _list(self._do("GET", "/users/me/sessions", who.token), "sessions")

    def end_session(self, who: Person, session_id: str) -> None:
        self._do("DELETE", f"/users/me/sessions/{session_id}", who.token)

    def change_password(self, who: Person, new: str) -> None:
        body = {"old_password": who.password, "new_password": new}
        self._do("PUT", "/users/me/password", who.token, json=body)

    def close(self, who: Person) -> None:
        self._do("DELETE", "/users/me", who.token, json={"password": who.password})

    def show(self, admin: Person, user_id: str) -> Facts:
        return _user(self._do("GET", f"/users/{user_id}", admin.token))

    def deactivate(self, admin: Person, user_id: str) -> Facts:
        return _user(self._do("POST", f"/users/{user_id}/deactivate", admin.token))

    def activate(self, admin: Person, user_id: str) -> Facts:
        return _user(self._do("POST", f"/users/{user_id}/activate", admin.token))

    def grant(self, admin: Person, user_id: str, role: str) -> Facts:
        return _user(self._do("PUT", f"/users/{user_id}/roles/{role}", admin.token))

    def revoke(self, admin: Person, user_id: str, role: str) -> Facts:
        return _user(self._do("DELETE", f"/users/{user_id}/roles/{role}", admin.token))

    def audit(self, admin: Person, user_id: str) -> list[Facts]:
        query = {"user_id": user_id, "limit": "100"}
        return _list(self._do("GET", "/audit", admin.token, params=query), "entries")

    def page(self, admin: Person, cursor: str | None) -> tuple[list[Facts], str | None]:
        query = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        return _page(self._do("GET", "/users", admin.token, params=query))

    def _do(self, method: str, path: str, token: str | None = None, **more: object) -> Facts:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = self.send(method, f"/api/v1{path}", headers=headers, **more)
        body = answer.json()
        assert answer.headers["X-Request-ID"]
        if body["status"] == "success":
            return dict(body["data"] or {})
        raise Refused(body["data"]["code"])


Run = Callable[[list[str], str], tuple[int, str, str]]


@dataclass
class Cli(Driver):
    """The command line; `run(arguments, stdin)` gives the exit code, stdout and stderr."""

    run: Run

    def register(self, email: str, password: str, name: str) -> Facts:
        arguments = ["users", "register", email, "--name", name, "--password-stdin"]
        self._do(*arguments, stdin=password)
        return self.log_in(email, password)

    def log_in(self, email: str, password: str) -> Facts:
        return self._do("auth", "login", email, "--password-stdin", stdin=password)

    def refresh(self, refresh_token: str) -> Facts:
        return self._do("auth", "refresh", stdin=refresh_token)

    def log_out(self, token: str) -> None:
        self._do("auth", "logout", stdin=token)

    def whose(self, token: str) -> str:
        account = self._do("auth", "verify", stdin=token)["account"]
        assert isinstance(account, dict)
        return str(account["user_id"])

    def rename(self, who: Person, name: str) -> Facts:
        return _user(self._do("users", "update", who.id, "--name", name))

    def sessions(self, who: Person) -> list[Facts]:
        return _list(self._do("sessions", "list", who.email), "sessions")

    def end_session(self, who: Person, session_id: str) -> None:
        self._do("sessions", "revoke", who.id, session_id)

    def change_password(self, who: Person, new: str) -> None:
        self._do("users", "change-password", who.email, "--password-stdin", stdin=new)

    def close(self, who: Person) -> None:
        self._do("users", "delete", who.email, "--yes")

    def show(self, admin: Person, user_id: str) -> Facts:
        return _user(self._do("users", "show", user_id))

    def deactivate(self, admin: Person, user_id: str) -> Facts:
        return _user(self._do("users", "deactivate", user_id))

    def activate(self, admin: Person, user_id: str) -> Facts:
        return _user(self._do("users", "activate", user_id))

    def grant(self, admin: Person, user_id: str, role: str) -> Facts:
        return _user(self._do("users", "grant", user_id, role))

    def revoke(self, admin: Person, user_id: str, role: str) -> Facts:
        return _user(self._do("users", "revoke", user_id, role))

    def audit(self, admin: Person, user_id: str) -> list[Facts]:
        return _list(self._do("audit", "list", "--user", user_id, "--all"), "entries")

    def page(self, admin: Person, cursor: str | None) -> tuple[list[Facts], str | None]:
        more = ["--cursor", cursor] if cursor else []
        return _page(self._do("users", "list", "--limit", "2", *more))

    def _do(self, *arguments: str, stdin: str = "") -> Facts:
        code, out, err = self.run([*arguments, "--json"], stdin)
        if code == 0:
            return dict(json.loads(out))
        # Messages may come before it; the error is the last line.
        error = json.loads(err.strip().splitlines()[-1])["error"]
        raise Refused(error["code"])


def _user(facts: Facts) -> Facts:
    user = facts["user"]
    assert isinstance(user, dict)
    return user


def _list(facts: Facts, name: str) -> list[Facts]:
    found = facts[name]
    assert isinstance(found, list)
    return found


def _page(facts: Facts) -> tuple[list[Facts], str | None]:
    cursor = facts["next_cursor"]
    assert cursor is None or isinstance(cursor, str)
    return _list(facts, "users"), cursor
