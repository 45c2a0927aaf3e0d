"""How to provoke each code over HTTP. A new entry of the catalogue needs one here."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from application.user.deactivate_user import DeactivateUser
from entrypoints.http.errors.catalogue import HttpsRequired, RequestTooSlow
from tests.unit.errors.faults import FAULTS
from tests.unit.errors.scene import ANN, Scene
from tests.world import OPERATOR, PASSWORD

API = "/api/v1"
NOBODY = UUID(int=7)
SIGN_UP = {"email": ANN, "password": PASSWORD}


@dataclass(frozen=True)
class Request:
    """What to send, and who says it."""

    method: str
    path: str
    json: object = None
    token: str | None = None
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def options(self) -> dict[str, Any]:
        options = dict(self.more)
        if self.json is not None:
            options["json"] = self.json
        return options


Provocation = Callable[[Scene], Request]
"""Sets the scene, and gives the request that is refused."""


def log_in(_: Scene) -> Request:
    return Request("POST", f"{API}/auth/login", SIGN_UP)


def wrong_password(scene: Scene) -> Request:
    scene.register()
    return Request("POST", f"{API}/auth/login", SIGN_UP | {"password": "Wrong-Horse-2"})


def weak_password(_: Scene) -> Request:
    return Request("POST", f"{API}/auth/register", SIGN_UP | {"password": "nodigitshere"})


def no_address(_: Scene) -> Request:
    return Request("POST", f"{API}/auth/register", SIGN_UP | {"email": "ann"})


def taken_address(scene: Scene) -> Request:
    scene.register()
    return Request("POST", f"{API}/auth/register", SIGN_UP)


def reused_key(scene: Scene) -> Request:
    more = {"headers": {"Idempotency-Key": "a-key-of-ann-s"}}
    scene.send("POST", f"{API}/auth/register", json=SIGN_UP, **more)
    return Request("POST", f"{API}/auth/register", SIGN_UP | {"name": "Ann"}, more=more)


def inactive(scene: Scene) -> Request:
    command = DeactivateUser(actor=OPERATOR, user_id=scene.register().user.id)
    scene.do(lambda use_cases: use_cases.deactivate_user(command))
    return Request("POST", f"{API}/auth/login", SIGN_UP)


def nameless(_: Scene) -> Request:
    return Request("GET", f"{API}/users/me")


def made_up_token(_: Scene) -> Request:
    return Request("GET", f"{API}/users/me", token="made.up")


def expired_token(scene: Scene) -> Request:
    token = scene.tokens().access_token
    scene.wait(minutes=16)
    return Request("GET", f"{API}/users/me", token=token)


def ended_session(scene: Scene) -> Request:
    token = scene.tokens().access_token
    scene.send("POST", f"{API}/auth/logout", headers={"Authorization": f"Bearer {token}"})
    return Request("GET", f"{API}/users/me", token=token)


def reused_token(scene: Scene) -> Request:
    first = body = {"refresh_token": scene.tokens().refresh_token}
    for _ in range(2):
        answer = scene.send("POST", f"{API}/auth/refresh", json=body)
        body = {"refresh_token": answer.json()["data"]["refresh_token"]}
    return Request("POST", f"{API}/auth/refresh", first)


def not_an_admin(scene: Scene) -> Request:
    return Request("GET", f"{API}/users", token=scene.tokens().access_token)


def unknown_user(scene: Scene) -> Request:
    admin = scene.admin()
    assert admin.tokens is not None
    return Request("GET", f"{API}/users/{NOBODY}", token=admin.tokens.access_token)


def last_admin(scene: Scene) -> Request:
    admin = scene.admin()
    assert admin.tokens is not None
    path = f"{API}/users/{admin.user.id}/roles/admin"
    return Request("DELETE", path, token=admin.tokens.access_token)


def unknown_session(scene: Scene) -> Request:
    path = f"{API}/users/me/sessions/{NOBODY}"
    return Request("DELETE", path, token=scene.tokens().access_token)


def broken_json(_: Scene) -> Request:
    more = {"content": b"{", "headers": {"Content-Type": "application/json"}}
    return Request("POST", f"{API}/auth/login", more=more)


def plain_text(_: Scene) -> Request:
    more = {"content": b"{}", "headers": {"Content-Type": "text/plain"}}
    return Request("POST", f"{API}/auth/login", more=more)


def huge_body(_: Scene) -> Request:
    return Request("POST", f"{API}/auth/login", {"email": "a" * 2**20})


def doubtful_framing(_: Scene) -> Request:
    more = {"content": b"{}", "headers": {"Transfer-Encoding": "gzip, chunked"}}
    return Request("POST", f"{API}/auth/login", more=more)


def wrong_method(_: Scene) -> Request:
    return Request("PATCH", f"{API}/auth/login", SIGN_UP)


def nowhere(_: Scene) -> Request:
    return Request("GET", f"{API}/nowhere")


def foreign_page(_: Scene) -> Request:
    more = {"headers": {"Origin": "https://evil.example"}}
    return Request("POST", f"{API}/auth/login", SIGN_UP | {"mode": "cookie"}, more=more)


def long_address(_: Scene) -> Request:
    return Request("GET", f"{API}/users/me?cursor={'a' * 2**13}")


def large_header(_: Scene) -> Request:
    return Request("GET", f"{API}/users/me", more={"headers": {"X-Any": "a" * 2**13}})


PROVOCATIONS: dict[str, Provocation] = {
    "AUTH_CSRF_FAILED": foreign_page,
    "AUTH_INVALID_CREDENTIALS": wrong_password,
    "AUTH_UNAUTHORIZED": nameless,
    "AUTH_TOKEN_INVALID": made_up_token,
    "AUTH_TOKEN_EXPIRED": expired_token,
    "AUTH_SESSION_REVOKED": ended_session,
    "AUTH_REFRESH_REUSED": reused_token,
    "USER_NOT_FOUND": unknown_user,
    "USER_ALREADY_EXISTS": taken_address,
    "USER_INACTIVE": inactive,
    "PASSWORD_TOO_WEAK": weak_password,
    "VALIDATION_FAILED": no_address,
    "IDEMPOTENCY_KEY_REUSED": reused_key,
    "INVALID_INPUT": broken_json,
    "RECORD_NOT_FOUND": unknown_session,
    "LAST_ADMIN": last_admin,
    "FORBIDDEN": not_an_admin,
    "NOT_FOUND": nowhere,
    "METHOD_NOT_ALLOWED": wrong_method,
    "PAYLOAD_TOO_LARGE": huge_body,
    "URI_TOO_LONG": long_address,
    "HEADERS_TOO_LARGE": large_header,
    "UNSUPPORTED_MEDIA_TYPE": plain_text,
    "UNKNOWN_FRAMING": doubtful_framing,
}

HTTP_FAULTS: dict[str, Exception] = {
    **FAULTS,
    # What the transport raises: provoked for real in `entrypoints/http`.
    "REQUEST_TOO_SLOW": RequestTooSlow(),
    "HTTPS_REQUIRED": HttpsRequired(),
}
"""For the rest: what the database raises when somebody logs in."""


def scene_for(code: str) -> tuple[Scene, Request]:
    """Set the scene in which a request is refused with this code."""
    if code in HTTP_FAULTS:
        scene = Scene(HTTP_FAULTS[code])
        return scene, log_in(scene)
    scene = Scene()
    return scene, PROVOCATIONS[code](scene)
