"""Client address and scheme behind trusted proxies."""

import logging
from collections.abc import Awaitable, Iterable, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from application.settings import Network
from entrypoints.http.forwarding import Address, Hop, Node, forwarded, read_node, x_forwarded

logger: Final = logging.getLogger("armature.http")

_FOR, _PROTO, _FORWARDED = b"x-forwarded-for", b"x-forwarded-proto", b"forwarded"
_KNOWN: Final = 4096
"""Addresses of which it is remembered whether they are trusted."""


class _Peer(NamedTuple):
    """Who is at the other end of the connection; `address` is None where nobody can read it."""

    address: Address | None
    text: str
    is_trusted: bool


class ClientMiddleware:
    """Sets `client` and `scheme` of a request to what the proxies of `trusted` say of it.

    The address is the first from the right that is not one of theirs. What is hidden or cannot be
    read ends the reading, and the last address before it stands. Where `X-Forwarded-For` is, nobody
    reads `Forwarded`; `X-Forwarded-Host` is never read, since `Host` says what was asked for.
    """

    def __init__(self, app: ASGIApp, trusted: Sequence[Network]) -> None:
        self._app = app
        self._trusted = trusted
        self._trusts = lru_cache(_KNOWN)(self._look_up)
        self._read = lru_cache(_KNOWN)(self._reading)
        self._has_warned = False

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        # A Unix socket has no address, and what comes through one is not trusted.
        if scope["type"] == ScopeType.HTTP and scope["client"]:
            host, port = scope["client"]
            peer = self._read(host)
            if peer.is_trusted and peer.address is not None:
                self._trust(scope, Node(peer.address, port))
            elif peer.address is not None:
                scope["client"] = (peer.text, port)
                self._warn_of_others(scope)
        return self._app(scope, receive, send)

    def _reading(self, host: str) -> _Peer:
        node = read_node(host)
        if node is None:
            return _Peer(None, host, is_trusted=False)
        return _Peer(node.address, str(node.address), is_trusted=self._trusts(node.address))

    def _look_up(self, address: Address) -> bool:
        return any(address in network for network in self._trusted)

    def _trust(self, scope: HTTPScope, peer: Node) -> None:
        """Follow what each proxy says of whom it took the request from, as far as it is trusted."""
        client = peer
        for hop in _hops(scope["headers"]):
            scope["scheme"] = hop.scheme or scope["scheme"]
            if hop.node is None:
                break
            client = hop.node
            if not self._trusts(client.address):
                break
        scope["client"] = (str(client.address), client.port)

    def _warn_of_others(self, scope: HTTPScope) -> None:
        """Say once what else shows only as one caller who seems to be everybody."""
        if self._has_warned:
            return
        said = next((n for n, _ in scope["headers"] if n in {_FOR, _PROTO, _FORWARDED}), None)
        if said is not None and scope["client"]:
            self._has_warned = True
            logger.warning(
                "%s came from %s, which is not in TRUSTED_PROXIES, and is not believed. If that "
                "is a proxy of yours, add it. This is said once.",
                said.decode(),
                scope["client"][0],
            )


def _hops(headers: Iterable[tuple[bytes, bytes]]) -> Iterable[Hop]:
    lines: dict[bytes, list[bytes]] = {_FOR: [], _PROTO: [], _FORWARDED: []}
    for name, value in headers:
        if name in lines:
            lines[name].append(value)
    if lines[_FORWARDED] and not lines[_FOR]:
        return forwarded(lines[_FORWARDED])
    return x_forwarded(lines[_FOR], lines[_PROTO])
