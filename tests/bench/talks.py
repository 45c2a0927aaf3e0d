"""What the bundled client says on each of its connections.

A talk is a generator for each connection: it yields a request and is sent the body of the answer.
"""

import itertools
import json
import secrets
from collections.abc import Generator
from urllib.parse import urlencode

from msgspec import Struct

Talk = Generator[bytes, bytes, None]


class Same(Struct, tag=True, frozen=True):
    """One request over and over; connections take the `headers` in turn, one caller each."""

    path: str
    headers: list[dict[str, str]] = []

    def on(self, connection: int) -> Talk:
        headers = self.headers[connection % len(self.headers)] if self.headers else {}
        request = _request("GET", self.path, headers=headers)
        while True:
            yield request


class Cycle(Struct, tag=True, frozen=True):
    """Bodies in turn; each connection has its own share of them. `form` sends them as a form."""

    path: str
    bodies: list[dict[str, str]]
    connections: int
    form: bool = False

    def on(self, connection: int) -> Talk:
        own = self.bodies[connection :: self.connections]
        requests = [_request("POST", self.path, body, form=self.form) for body in own]
        for request in itertools.cycle(requests):  # noqa: UP028 - an iterator is sent no answers
            yield request


class Unique(Struct, tag=True, frozen=True):
    """A body that is never sent twice: `{}` in `email` stands for what makes it another."""

    path: str
    body: dict[str, str]

    def on(self, _: int) -> Talk:
        for number in itertools.count():
            email = self.body["email"].format(f"{secrets.token_hex(6)}{number}")
            yield _request("POST", self.path, self.body | {"email": email})


class Asked(Struct, frozen=True):
    """One request; `body` is JSON, good or bad."""

    method: str
    path: str
    body: str
    headers: dict[str, str] = {}


class Mixed(Struct, tag=True, frozen=True):
    """Different requests in turn; each connection begins with another one."""

    requests: list[Asked]

    def on(self, connection: int) -> Talk:
        start = connection % len(self.requests)
        turned = [*self.requests[start:], *self.requests[:start]]
        ready = [_request(each.method, each.path, each.body, each.headers) for each in turned]
        for request in itertools.cycle(ready):  # noqa: UP028 - as above
            yield request


class Chain(Struct, tag=True, frozen=True):
    """Refreshes of one session a connection: each uses the token that the one before gave."""

    path: str
    tokens: list[str]

    def on(self, connection: int) -> Talk:
        token = self.tokens[connection]
        while True:
            answer = yield _request("POST", self.path, {"refresh_token": token})
            token = json.loads(answer)["data"]["refresh_token"]


def _request(
    method: str,
    path: str,
    body: dict[str, str] | str | None = None,
    headers: dict[str, str] | None = None,
    *,
    form: bool = False,
) -> bytes:
    text = body if isinstance(body, str) else (urlencode if form else json.dumps)(body or {})
    content = b"" if body is None else text.encode()
    fields = {"Host": "127.0.0.1"} | (headers or {})
    if body is not None:
        kind = "x-www-form-urlencoded" if form else "json"
        fields |= {"Content-Type": f"application/{kind}", "Content-Length": str(len(content))}
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + content
