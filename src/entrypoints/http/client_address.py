"""Client address behind trusted proxies: `X-Forwarded-*` and `Forwarded` (RFC 7239).

Each proxy adds to the right of what it got, so the right end is what our own peer saw, and the
left end is whatever the caller made up. Nothing here reads further to the left than it trusts.
"""

import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from itertools import islice
from typing import Final, NamedTuple

from litestar.types import HTTPScope

from application.settings import Network

logger: Final = logging.getLogger("armature.http")

Address = IPv4Address | IPv6Address

MAX_HEADER: Final = 4096
"""Characters that are looked at, from the right; proxies in a row need a few hundred."""
MAX_HOPS: Final = 32
"""Proxies in a row that are followed, from the right."""
MAX_NODE: Final = len("[ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255]:65535")

# RFC 7239 §6: an address, in brackets where it has colons of its own, and perhaps a port.
_NODE: Final = re.compile(
    r"(?:\[(?P<v6>[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*)\]|(?P<v4>[0-9.]+))(?::(?P<port>[0-9]{1,5}))?"
)
# RFC 7239 §4; a quoted value with an escape in it is no address and no scheme.
_PAIR: Final = re.compile(
    r"(?P<name>[!#$%&'*+.^_`|~0-9A-Za-z-]+)=(?:\"(?P<quoted>[^\"\\]*)\"|(?P<token>[^\s\";,]+))"
)
_MAX_PORT: Final = 65535
_FOR, _PROTO, _FORWARDED = b"x-forwarded-for", b"x-forwarded-proto", b"forwarded"
_REMEMBERED: Final = 4096
"""Addresses of which is cached whether they are trusted."""


class Node(NamedTuple):
    """Address and port of a peer; `port` is 0 where it is not given."""

    address: Address
    port: int


class Hop(NamedTuple):
    """One proxy's entry; None for what is missing, hidden or cannot be parsed."""

    node: Node | None
    scheme: str | None


class _Peer(NamedTuple):
    """Who is at the other end of the connection; `address` is None where it cannot be parsed."""

    address: Address | None
    text: str
    is_trusted: bool


class TrustedProxies:
    """Sets `client` and `scheme` of a request from the headers of trusted proxies.

    The address is the first from the right that is not one of theirs. What is hidden or cannot be
    read ends the reading, and the last address before it stands. Where `X-Forwarded-For` is,
    `Forwarded` is ignored; `X-Forwarded-Host` is never read, since `Host` says what was asked for.
    """

    def __init__(self, networks: Sequence[Network]) -> None:
        self._networks = networks
        self._trusts = lru_cache(_REMEMBERED)(self._look_up)
        self._peer = lru_cache(_REMEMBERED)(self._read_peer)
        self._has_warned = False

    def resolve(self, scope: HTTPScope) -> None:
        # A Unix socket has no address, and what comes through one is not trusted.
        if not (client := scope.get("client")):
            return
        peer = self._peer(client[0])
        if peer.address is None:
            return
        if peer.is_trusted:
            self._follow(scope, Node(peer.address, client[1]))
            return
        scope["client"] = (peer.text, client[1])
        if not self._has_warned:
            self._warn(scope, peer.text)

    def _read_peer(self, host: str) -> _Peer:
        node = read_node(host)
        if node is None:
            return _Peer(None, host, is_trusted=False)
        return _Peer(node.address, str(node.address), is_trusted=self._trusts(node.address))

    def _look_up(self, address: Address) -> bool:
        return any(address in network for network in self._networks)

    def _follow(self, scope: HTTPScope, peer: Node) -> None:
        """Follow the entries from the right, as far as each names a trusted proxy."""
        client = peer
        for hop in _hops(scope["headers"]):
            scope["scheme"] = hop.scheme or scope["scheme"]
            if hop.node is None:
                break
            client = hop.node
            if not self._trusts(client.address):
                break
        scope["client"] = (str(client.address), client.port)

    def _warn(self, scope: HTTPScope, address: str) -> None:
        """Log once that a proxy is not trusted: else all callers would share one address unseen."""
        said = next((n for n, _ in scope["headers"] if n in {_FOR, _PROTO, _FORWARDED}), None)
        if said is not None:
            self._has_warned = True
            logger.warning(
                "%s came from %s, which is not in TRUSTED_PROXIES, and is not believed. If that "
                "is a proxy of yours, add it. This is said once.",
                said.decode(),
                address,
            )


def forwarded(lines: list[bytes]) -> Iterator[Hop]:
    """Read `Forwarded` (RFC 7239), the nearest proxy first."""
    for element in islice(_elements(_joined(lines)), MAX_HOPS):
        pairs = _pairs(element)
        yield Hop(read_node(pairs.get("for", "")), read_scheme(pairs.get("proto", "")))


def x_forwarded(sources: list[bytes], schemes: list[bytes]) -> Iterator[Hop]:
    """Read `X-Forwarded-For` beside `X-Forwarded-Proto`, the nearest proxy first.

    Most proxies keep a single scheme rather than a list: it then stands for every hop.
    """
    named = [read_scheme(each) for each in _from_the_right(_joined(schemes))]
    for number, source in enumerate(_from_the_right(_joined(sources))):
        yield Hop(read_node(source), named[min(number, len(named) - 1)])


def read_node(text: str) -> Node | None:
    """Read an address with or without a port; None for anything else, `unknown` included."""
    text = text.strip() if len(text) <= MAX_HEADER else ""
    return _node(text) if len(text) <= MAX_NODE else None


@lru_cache(4096)
def _node(text: str) -> Node | None:
    """Callers come back, and reading an address takes as long as a layer of ours."""
    address = _address(text)
    if address is not None:
        return Node(address, 0)
    match = _NODE.fullmatch(text)
    address = _address(match["v6"] or match["v4"]) if match else None
    port = int(match["port"] or 0) if match else 0
    return None if address is None or port > _MAX_PORT else Node(address, port)


def read_scheme(text: str) -> str | None:
    if len(text) > MAX_NODE:
        return None
    scheme = text.strip().lower()
    return scheme if scheme in {"http", "https"} else None


def _address(text: str) -> Address | None:
    """An address in its one form: IPv4 that came over IPv6 is IPv4."""
    try:
        # An address with a zone means something on its own machine only.
        address = ip_address(text if "%" not in text else "")
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def _hops(headers: Iterable[tuple[bytes, bytes]]) -> Iterable[Hop]:
    lines: dict[bytes, list[bytes]] = {_FOR: [], _PROTO: [], _FORWARDED: []}
    for name, value in headers:
        if name in lines:
            lines[name].append(value)
    if lines[_FORWARDED] and not lines[_FOR]:
        return forwarded(lines[_FORWARDED])
    return x_forwarded(lines[_FOR], lines[_PROTO])


def _joined(lines: list[bytes]) -> str:
    """Several lines are one list, in their order (RFC 9110 §5.3)."""
    return b",".join(lines)[-MAX_HEADER:].decode("latin-1")


def _from_the_right(text: str) -> list[str]:
    return text.rsplit(",", MAX_HOPS)[: -MAX_HOPS - 1 : -1]


def _elements(text: str) -> Iterator[str]:
    """Split at commas outside quotes, beginning at the right.

    Read from the left, a quote that the caller opens and never closes would swallow what the
    proxies added.
    """
    end, is_quoted = len(text), False
    for position in range(len(text) - 1, -1, -1):
        if text[position] == '"':
            is_quoted = not is_quoted
        elif text[position] == "," and not is_quoted:
            yield text[position + 1 : end]
            end = position
    yield text[:end]


def _pairs(element: str) -> dict[str, str]:
    """The parameters of an element; none when it breaks the grammar anywhere."""
    found: dict[str, str] = {}
    for part in element.split(";"):
        match = _PAIR.fullmatch(part.strip())
        name = match["name"].lower() if match else ""
        if match is None or name in found:
            return {}
        found[name] = match["quoted"] if match["token"] is None else match["token"]
    return found
