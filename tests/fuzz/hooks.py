"""What Schemathesis has to know of accounts. It is run by Schemathesis, in its environment.

The standard library is all that it shares with ours.
"""

import json
import os
import urllib.request
import uuid
from typing import Any

import schemathesis

Thing = Any
"""What only Schemathesis knows the type of."""

URL = os.environ.get("FUZZ_URL", "")
EMAIL = os.environ.get("FUZZ_EMAIL", "")
PASSWORD = os.environ.get("FUZZ_PASSWORD", "")
USER_ID = os.environ.get("FUZZ_USER_ID", "")
EXAMPLE = "Correct-Horse-1"
"""The password that the description gives as an example."""

_ENDING = {
    ("POST", "/api/v1/auth/logout"),
    ("POST", "/api/v1/auth/logout-all"),
    ("DELETE", "/api/v1/users/me"),
    ("PUT", "/api/v1/users/me/password"),
}
"""What ends the session or the account that does it."""

_PASSWORDS = ("password", "old_password", "new_password")


class Account:
    """Who asks: one account for a while, and one of its own for what would end it."""

    def get(self, case: Thing, context: Thing) -> str:
        return _token("login", EMAIL)

    def set(self, case: Thing, data: str, context: Thing) -> None:
        is_ending = (case.method.upper(), case.operation.path) in _ENDING
        token = _token("register", f"{uuid.uuid4()}@example.org") if is_ending else data
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {token}"}
        if (case.path_parameters or {}).get("id") == USER_ID:
            # Nobody shuts the account that the rest of the run needs.
            case.path_parameters["id"] = str(uuid.uuid4())


def map_body(context: Thing, body: Thing) -> Thing:
    """Make every second password a right one: nobody guesses it, and what follows would stay dark.

    Those who have an account of their own have it with this password.
    """
    if isinstance(body, dict):
        for name in _PASSWORDS:
            if isinstance(body.get(name), str) and len(body[name]) % 2 == 0:
                body[name] = EXAMPLE
    return body


def _token(how: str, email: str) -> str:
    password = PASSWORD if how == "login" else EXAMPLE
    request = urllib.request.Request(  # noqa: S310 - the server of this run
        f"{URL}/api/v1/auth/{how}",
        data=json.dumps({"email": email, "password": password}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - as above
        return str(json.load(answer)["data"]["token"])


schemathesis.hook(map_body)
if EMAIL:
    # A session that the run itself ended is followed by the next one.
    schemathesis.auth(refresh_interval=2)(Account)
