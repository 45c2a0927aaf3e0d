"""What refuses a request before any of it is parsed: plain functions that run in order.

Each takes the exchange, and raises what the exception handler renders, or an EarlyResponse.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from typing import Final
from urllib.parse import unquote_to_bytes

from litestar.types import HTTPScope

from application.errors import InvalidInput
from application.settings import Environment, Network, Settings
from entrypoints.http.cookies.token_cookies import MAX_BYTES as MAX_COOKIES
from entrypoints.http.errors.catalogue import (
    HeadersTooLarge,
    HttpsRequired,
    UnknownFraming,
    UriTooLong,
)
from entrypoints.http.exchange import Exchange
from entrypoints.http.response_headers import PREFLIGHT, only
from entrypoints.http.responses import EncodedResponse

Refusal = Callable[[Exchange], None]

MAX_TARGET: Final = 8 * 1024
"""Bytes of path and query; RFC 9110 §4.1 asks for 8,000 at least."""
MAX_FIELD: Final = 8 * 1024
"""Bytes of one header field, but for `Cookie`, which has a limit of its own."""
MAX_FIELDS: Final = 64 * 1024
"""Bytes of all header fields together, their names included."""
MAX_HOST: Final = 255
MAX_PARAMETERS: Final = 64

_READ: Final = MAX_HOST + 10
"""Longer than any name that is one with its port, and short enough to be cached."""
# RFC 9110 §7.2, without what no host of a service has: user names, escapes, other punctuation.
_HOST: Final = re.compile(
    rb"(?P<name>[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?|\[[0-9a-f:.]+\])(?::[0-9]{0,5})?", re.IGNORECASE
)
_WITHOUT_HOST: Final = frozenset(("1.0", "1"))
"""The old protocol, as ASGI writes it and as Granian does."""
_READING: Final = frozenset(("GET", "HEAD"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Transport:
    """Accepted hosts, trusted proxies, CORS origins, and whether plain HTTP is refused."""

    hosts: tuple[str, ...] = ()
    proxies: tuple[Network, ...] = ()
    origins: tuple[str, ...] = ()
    https_only: bool = False

    @classmethod
    def of(cls, settings: Settings) -> "Transport":
        return cls(
            hosts=settings.allowed_hosts,
            proxies=settings.http.trusted_proxies,
            origins=settings.http.cors_origins,
            https_only=settings.environment is Environment.PRODUCTION,
        )


class EarlyResponse(Exception):
    """Answers a request at once, with headers alone: a redirect or a preflight response."""

    def __init__(self, status: HTTPStatus, *headers: tuple[bytes, bytes]) -> None:
        self.response = EncodedResponse(status.value, b"", *headers)


def refusals(transport: Transport) -> tuple[Refusal, ...]:
    """Give what a transport needs, in the order in which it runs.

    What is refused before `limit_rate` is not counted, and its body is not read.
    """
    return (
        refuse_large_head,
        refuse_unknown_framing,
        refuse_unknown_host,
        *((require_https,) if transport.https_only else ()),
        *((answer_preflight,) if transport.origins else ()),
        begin_reading,
        refuse_invalid_query,
    )


def refuse_large_head(exchange: Exchange) -> None:
    """Raise UriTooLong (RFC 9110 §15.5.15) or HeadersTooLarge (RFC 6585 §5).

    The HTTP server takes heads of 400 KB. Here they are measured before anything splits, decodes or
    matches them; readers have tighter bounds of their own.
    """
    scope = exchange.scope
    if len(scope["path"]) + len(scope["query_string"]) > MAX_TARGET:
        raise UriTooLong
    total = 0
    for name, value in scope["headers"]:
        size = len(name) + len(value)
        if size > MAX_FIELD and (name != b"cookie" or size > MAX_COOKIES + MAX_FIELD):
            raise HeadersTooLarge
        total += size
    if total > MAX_FIELDS:
        raise HeadersTooLarge


def refuse_unknown_framing(exchange: Exchange) -> None:
    """Reject ambiguous framing (request smuggling, RFC 9112 §6.3): raise UnknownFraming.

    The HTTP server reads chunks whenever they come last. A proxy that reads `gzip, chunked` or two
    of these headers in another way sees other requests than we do (§11.2).
    """
    if b"transfer-encoding" in exchange.headers:
        lines = [value for name, value in exchange.scope["headers"] if name == b"transfer-encoding"]
        if len(lines) > 1 or lines[0].lower() != b"chunked":
            raise UnknownFraming


def refuse_unknown_host(exchange: Exchange) -> None:
    """Raise InvalidInput for a `Host` that is none or not in `ALLOWED_HOSTS`; empty allows all.

    `*.example.org` stands for every name below it, `*` for every name. A link that is built from
    the host of a request then never leads to an attacker. Probes call by address.
    """
    if exchange.is_probe:
        return
    name, hosts = host_name(exchange.scope), exchange.layer.transport.hosts
    if name is None or (hosts and not is_allowed(name, hosts)):
        raise InvalidInput("This service does not answer to the host of the request.")


def require_https(exchange: Exchange) -> None:
    """Redirect readers of plain HTTP to HTTPS; raise HttpsRequired for others.

    What would be written has crossed the network already, and a redirect would only hide that.
    The host of the request must have been checked before.
    """
    scope = exchange.scope
    if scope["scheme"] == "https" or exchange.is_probe:
        return
    host = host_name(scope)
    if exchange.method not in _READING or not host:
        raise HttpsRequired
    # At the default port: the one of plain HTTP is never right.
    query = b"?" + scope["query_string"] if scope["query_string"] else b""
    location = b"https://" + host.encode("ascii") + scope["raw_path"] + query
    raise EarlyResponse(
        HTTPStatus.PERMANENT_REDIRECT, (b"location", location), (b"content-length", b"0")
    )


def answer_preflight(exchange: Exchange) -> None:
    """Answer what a browser asks before a page's request goes out (CORS preflight)."""
    scope = exchange.scope
    if (
        exchange.method == "OPTIONS"
        and only(scope, b"origin").decode("latin-1") in exchange.layer.transport.origins
        and only(scope, b"access-control-request-method")
    ):
        raise EarlyResponse(HTTPStatus.NO_CONTENT, *PREFLIGHT)


def begin_reading(exchange: Exchange) -> None:
    """From here on a request is counted and its body is read, and HEAD is routed as GET.

    A client that waits for `100 Continue` has not begun to send.
    """
    exchange.is_limited = exchange.layer.limits is not None and not exchange.is_probe
    exchange.discards_body = exchange.announces_body and b"expect" not in exchange.headers
    if exchange.method == "HEAD":
        exchange.scope["method"] = "GET"


def refuse_invalid_query(exchange: Exchange) -> None:
    """Raise InvalidInput for a query that is not UTF-8, or repeats a parameter.

    The framework would replace what it cannot decode with U+FFFD. Of a parameter that is given
    twice it would take one, and whoever checked the query before us may have taken the other
    (parameter pollution).
    """
    query = exchange.scope["query_string"]
    if not query:
        return
    if query.count(b"&") >= MAX_PARAMETERS:
        raise InvalidInput(f"The query has at most {MAX_PARAMETERS} parameters.")
    try:
        unquote_to_bytes(query).decode()
    except UnicodeDecodeError:
        raise InvalidInput("The query is not valid UTF-8.") from None
    parts = (part.partition(b"=")[0] for part in query.split(b"&") if part)
    names = [unquote_to_bytes(part.replace(b"+", b" ")) for part in parts]
    if len(names) > len(set(names)):
        raise InvalidInput("The query gives a parameter more than once.")


def host_name(scope: HTTPScope) -> str | None:
    """Give the host without its port, in lower case and without a last dot; None unless it is one.

    It is the only `Host` (RFC 9112 §3.2): who sends two wants two programs to see different ones.
    HTTP/1.0 needs none, and then it is empty.
    """
    hosts = [value for name, value in scope["headers"] if name == b"host"]
    if not any(hosts):
        return "" if scope["http_version"] in _WITHOUT_HOST else None
    return _name(hosts[0][:_READ]) if len(hosts) == 1 else None


def is_allowed(name: str, hosts: tuple[str, ...]) -> bool:
    return name in hosts or any(
        each == "*" or (each[:2] == "*." and name.endswith(each[1:])) for each in hosts
    )


@lru_cache(1024)
def _name(host: bytes) -> str | None:
    match = _HOST.fullmatch(host)
    if match is None or len(match["name"]) > MAX_HOST:
        return None
    return match["name"].decode("ascii").lower().removesuffix(".")
