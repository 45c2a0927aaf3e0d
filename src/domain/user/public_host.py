"""Check for public host names, by syntax alone (SSRF, OWASP)."""

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from domain.text import NFC_RATIO, Bound
from domain.user.email import DomainToAscii

_MAX_LENGTH = 253
"""Characters of a name without the root dot (RFC 1035 §2.3.4)."""
_BOUND = Bound(_MAX_LENGTH, NFC_RATIO * _MAX_LENGTH)

_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
# What the URL Standard takes for an IPv4 address: the last label is a number, hexadecimal too.
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)
_OCTET = r"(?:0|[1-9][0-9]{0,2})"
_DOTTED = re.compile(rf"{_OCTET}(?:\.{_OCTET}){{3}}", re.ASCII)

# RFC 6761, 6762, 7686, 8375 and 9476, ICANN's `internal`, and what home and company networks use.
_NOT_PUBLIC = (
    "localhost localdomain local internal intranet private corp home lan test invalid onion alt"
    " arpa"
)
# IANA's special-purpose registries, where some releases of `ipaddress` know less.
_RESERVED_4 = [*map(IPv4Network, ("192.0.0.0/24", "192.88.99.0/24", "100.64.0.0/10"))]
_GLOBAL_6 = IPv6Network("2000::/3")
_RESERVED_6 = [*map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"))]


def parse_public_host(text: str, to_ascii: DomainToAscii) -> str | IPv4Address | IPv6Address:
    """Parse a domain name (A-labels) or an address; an IPv6 address is in brackets.

    Raises ValueError for a host that is private, reserved, or not written in the usual way: an
    IPv4 address in anything but four decimal numbers, a name of one label or with a dot at its
    end.
    """
    if not _BOUND.admits(text):
        raise ValueError("no name is so long")
    if text.startswith("["):
        return _public_6(IPv6Address(text[1:-1]))
    name = to_ascii(text).lower()
    labels = name.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        return _public_4(name)
    if len(labels) == 1 or len(name) > _MAX_LENGTH or labels[-1] in _NOT_PUBLIC.split():
        raise ValueError("no public name")
    for label in labels:
        _check_label(label, to_ascii)
    return name


def _check_label(label: str, to_ascii: DomainToAscii) -> None:
    if not _LABEL.fullmatch(label):
        raise ValueError("no label of a name")
    if label.startswith("xn--"):
        # An A-label that stands for nothing, or for ASCII, is read in as many ways as readers.
        meant = label[4:].encode().decode("punycode")
        if meant.isascii() or to_ascii(meant) != label:
            raise ValueError("no A-label")


def _public_4(text: str) -> IPv4Address:
    if not _DOTTED.fullmatch(text):
        raise ValueError("no address in four decimal numbers")
    address = IPv4Address(text)
    is_special = address.is_multicast or any(address in network for network in _RESERVED_4)
    if is_special or not address.is_global:
        raise ValueError("no public address")
    return address


def _public_6(address: IPv6Address) -> IPv6Address:
    """Accept global unicast, except for ranges that are reserved or embed an IPv4 address."""
    is_special = any(address in network for network in _RESERVED_6)
    if address.scope_id or address not in _GLOBAL_6 or is_special or not address.is_global:
        raise ValueError("no public address")
    return address
