"""URL splitting for adapter URLs."""

import re
from typing import NamedTuple

# RFC 3986, appendix B.
_PARTS = re.compile(
    r"(?:(?P<scheme>[^:/?#]+):)?(?://(?P<netloc>[^/?#]*))?(?P<path>[^?#]*)"
    r"(?:\?(?P<query>[^#]*))?(?:#(?P<fragment>.*))?",
    re.DOTALL,
)


class Url(NamedTuple):
    """The five parts of a URL, each as it is written but for the scheme, which is lower-case."""

    scheme: str
    netloc: str
    path: str
    query: str
    fragment: str


def split_url(text: str) -> Url:
    """Take a URL apart; any text has parts, some of them empty.

    Some releases of `urllib.parse.urlsplit` refuse several hosts with an IPv6 address among them.
    """
    match = _PARTS.fullmatch(text)
    if match is None:
        return Url("", "", text, "", "")
    scheme, netloc, path, query, fragment = match.groups("")
    return Url(scheme.lower(), netloc, path, query, fragment)
