"""Origin check of a request (OWASP CSRF Prevention Cheat Sheet)."""

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from litestar.types import HTTPScope

from entrypoints.http.browser.headers import values
from entrypoints.http.errors import CsrfFailed

_ORIGIN: Final = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::(?P<port>[0-9]{1,5}))?",
    # Without it, letters that only become ASCII in lower case would pass for it.
    re.ASCII | re.IGNORECASE,
)
MAX_ORIGIN: Final = 300
"""Characters: the longest name of a host is 253."""
_PORTS: Final = {"http": 80, "https": 443}


class Origin(NamedTuple):
    """Scheme, host and port (RFC 6454 §4): all three must be equal."""

    scheme: str
    host: str
    port: int


def parse_origin(text: str) -> Origin | None:
    """Read an origin; None for `null`, and for anything with more to it than the three."""
    match = _ORIGIN.fullmatch(text) if len(text) <= MAX_ORIGIN else None
    if not match:
        return None
    scheme, host = match["scheme"].lower(), match["host"].lower()
    return Origin(scheme, host, int(match["port"] or _PORTS[scheme]))


def origins_of(texts: Iterable[str]) -> frozenset[Origin]:
    """Read a list of origins; what is none, `*` included, allows nobody."""
    return frozenset(origin for text in texts if (origin := parse_origin(text)))


def check_origin(scope: HTTPScope, allowed: frozenset[Origin]) -> None:
    """Raise CsrfFailed unless the request says that it comes from a page that may send it."""
    if not _is_stated(scope, allowed):
        raise CsrfFailed("Send an Origin or a Sec-Fetch-Site header, as browsers do.")


def refuse_foreign_origin(scope: HTTPScope, allowed: frozenset[Origin]) -> None:
    """Raise CsrfFailed when the request says that it comes from a page that may not send it.

    One that says nothing passes: every browser of today tells at least one of the two, so no
    browser's owner is behind it.
    """
    _is_stated(scope, allowed)


def _is_stated(scope: HTTPScope, allowed: frozenset[Origin]) -> bool:
    """Whether one of the two headers came; raises CsrfFailed when either speaks against it."""
    given, sites = values(scope, b"origin"), values(scope, b"sec-fetch-site")
    if given:
        origin = parse_origin(given[0]) if len(given) == 1 else None
        if origin and origin in allowed:
            return True
        if origin is None or origin != _own(scope):
            raise CsrfFailed("The Origin header names another site than this one.")
    # `same-site` is any host below the same domain, which need not be in the same hands.
    if sites and sites != ["same-origin"]:
        raise CsrfFailed("The Sec-Fetch-Site header says that another site sent this request.")
    return bool(given or sites)


def _own(scope: HTTPScope) -> Origin | None:
    """The origin that the request is sent to; None when its host cannot be told."""
    hosts = values(scope, b"host")
    return parse_origin(f"{scope['scheme']}://{hosts[0]}") if len(hosts) == 1 else None
