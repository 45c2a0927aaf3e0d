"""Host check (`ALLOWED_HOSTS`)."""

import re
from collections.abc import Awaitable, Sequence
from functools import lru_cache
from typing import Final

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from application.errors import InvalidInput
from entrypoints.http.middleware.probes import is_probe

# RFC 9110 §7.2, without what no host of a service has: user names, escapes, other punctuation.
_HOST: Final = re.compile(
    rb"(?P<name>[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?|\[[0-9a-f:.]+\])(?::[0-9]{0,5})?", re.IGNORECASE
)
MAX_NAME: Final = 255
_READ: Final = MAX_NAME + 10
"""Longer than any name that is one with its port, and short enough to be remembered."""
_WITHOUT_HOST: Final = frozenset(("1.0", "1"))
"""The old protocol, as ASGI writes it and as Granian does."""


class HostMiddleware:
    """Raises InvalidInput for a `Host` that is none, or not in `allowed`; an empty list allows all.

    `*.example.org` stands for every name below it, `*` for every name. Whoever makes a link out
    of the request's host makes none that leads to an attacker.
    """

    def __init__(self, app: ASGIApp, allowed: Sequence[str]) -> None:
        self._app = app
        self._names = frozenset(allowed)
        self._endings = tuple(name[1:] for name in allowed if name.startswith("*."))
        self._is_open = not allowed or "*" in allowed

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] == ScopeType.HTTP and not is_probe(scope["path"]):
            name = host_name(scope)
            if name is None or not self._answers_to(name):
                raise InvalidInput("This service does not answer to the host of the request.")
        return self._app(scope, receive, send)

    def _answers_to(self, name: str) -> bool:
        return self._is_open or name in self._names or name.endswith(self._endings)


def host_name(scope: HTTPScope) -> str | None:
    """The host without its port, in lower case and without a last dot; None unless it is one.

    It is the only `Host` (RFC 9112 §3.2): who sends two wants two programs to see different ones.
    HTTP/1.0 needs none, and then it is empty.
    """
    hosts = [value for name, value in scope["headers"] if name == b"host"]
    if not any(hosts):
        return "" if scope["http_version"] in _WITHOUT_HOST else None
    return _name(hosts[0][:_READ]) if len(hosts) == 1 else None


@lru_cache(1024)
def _name(host: bytes) -> str | None:
    match = _HOST.fullmatch(host)
    if match is None or len(match["name"]) > MAX_NAME:
        return None
    return match["name"].decode("ascii").lower().removesuffix(".")
