"""Website URL with a public host."""

import re
from dataclasses import dataclass
from ipaddress import IPv6Address
from typing import ClassVar
from urllib.parse import quote

from domain.errors import ValidationFailed
from domain.text import Bound, has_control
from domain.user.email import DomainToAscii
from domain.user.public_host import parse_public_host

MAX_BYTES = 2048
_TOO_LONG = f"A website has at most {MAX_BYTES} bytes."

# Stricter than any parser: where the URL Standard repairs what it reads (a backslash, one slash
# or three, a tab, an empty port), another parser sees another host. What is refused here nobody
# can read in two ways.
_PARTS = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[^\]/?#]*\]|[^:\[\]/?#]+)(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<rest>[/?#].*)?",
    re.IGNORECASE,
)
_AUTHORITY = re.compile(r"https?://[^/?#]*", re.IGNORECASE)
_NEVER = re.compile(r"[\s\\<>\"^`{|}]")
_BROKEN_CODE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_DOT_SEGMENT = re.compile(r"/(?:\.|%2e){1,2}(?=[/?#]|\Z)", re.IGNORECASE)
_DEFAULT_PORTS = {"http": 80, "https": 443}
_MAX_PORT = 65535
# All that a URI may hold (RFC 3986 §2) but the apostrophe, which quotes attributes in HTML.
_URI = "/?#%[]@!$&()*+,;=:-._~"


@dataclass(frozen=True, slots=True)
class Website:
    """An absolute `http` or `https` URL in ASCII, as the URL Standard (WHATWG) serialises it.

    At most 2,048 bytes, without credentials, and with a host that looks public. The name is not
    resolved: a service that fetches the page must check the address that it connects to (SSRF).
    """

    BOUND: ClassVar[Bound] = Bound(MAX_BYTES, MAX_BYTES)

    value: str

    @classmethod
    def parse(cls, text: str, to_ascii: DomainToAscii) -> "Website":
        """Parse user input; raises ValidationFailed on the field `website`."""
        cls.BOUND.check(text, "website", _TOO_LONG)
        text = text.strip(" ")
        if has_control(text) or _NEVER.search(text):
            raise _invalid("A website has no spaces, backslashes, quotes or control characters.")
        authority = _AUTHORITY.match(text)
        if authority is None:
            raise _invalid("A website begins with https:// or http://.")
        if "@" in authority[0]:
            raise _invalid("A website has no user name or password in it.")
        parts = _PARTS.fullmatch(text)
        if parts is None or not 1 <= int(parts["port"] or 1) <= _MAX_PORT:
            raise _invalid("The host or the port of this website is not well-formed.")
        value = _origin(parts, to_ascii) + _rest(parts["rest"] or "/")
        if len(value) > MAX_BYTES:
            raise _invalid(_TOO_LONG)
        return cls(value)

    def __str__(self) -> str:
        return self.value


def _origin(parts: re.Match[str], to_ascii: DomainToAscii) -> str:
    scheme = parts["scheme"].lower()
    try:
        host = parse_public_host(parts["host"], to_ascii)
    except ValueError as error:
        raise _invalid("The host of this website is not one that everybody can reach.") from error
    shown = f"[{host}]" if isinstance(host, IPv6Address) else str(host)
    port = int(parts["port"] or _DEFAULT_PORTS[scheme])
    return f"{scheme}://{shown}" + ("" if port == _DEFAULT_PORTS[scheme] else f":{port}")


def _rest(text: str) -> str:
    """Return path, query and fragment, with a leading slash and percent-encoded."""
    rest = text if text.startswith("/") else f"/{text}"
    path = re.split(r"[?#]", rest, maxsplit=1)[0]
    if _BROKEN_CODE.search(rest):
        raise _invalid("In a website a % is followed by two hexadecimal digits.")
    if _DOT_SEGMENT.search(path):
        raise _invalid("A website has no . or .. between its slashes.")
    return quote(rest, safe=_URI)


def _invalid(message: str) -> ValidationFailed:
    return ValidationFailed.of("website", message)
