"""Only names that we answer to."""

from collections.abc import Sequence
from typing import Final

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from application.errors import InvalidInput

_EXEMPT: Final = "/health"
"""Probes call by address."""


class HostMiddleware:
    """Raises InvalidInput for a `Host` that is not in `allowed`; an empty list lets all pass.

    `*.example.org` stands for every name below it, `*` for every name. Whoever makes a link out
    of the request's host makes none that leads to an attacker.
    """

    def __init__(self, app: ASGIApp, allowed: Sequence[str]) -> None:
        self._app = app
        self._names = frozenset(allowed)
        self._endings = tuple(name[1:] for name in allowed if name.startswith("*."))
        self._is_open = not allowed or "*" in allowed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP and not self._is_open and not _is_probe(scope["path"]):
            hosts = [value for name, value in scope["headers"] if name == b"host"]
            if len(hosts) != 1 or not self._answers_to(_name(hosts[0])):
                raise InvalidInput("This service does not answer to the host of the request.")
        await self._app(scope, receive, send)

    def _answers_to(self, name: str) -> bool:
        return name in self._names or name.endswith(self._endings)


def _is_probe(path: str) -> bool:
    return path == _EXEMPT or path.startswith(f"{_EXEMPT}/")


def _name(host: bytes) -> str:
    """The host without its port (RFC 9110 §7.2), in lower case and without a last dot."""
    text = host.decode("latin-1").lower()
    name = text.partition("]")[0] + "]" if text.startswith("[") else text.partition(":")[0]
    return name.removesuffix(".")
