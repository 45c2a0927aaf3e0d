"""Who an address stands for, and which network it lies in."""

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

_SITE: Final = 64
"""Bits of an IPv6 address that a customer cannot choose; all below are one machine's to take."""
_NETWORK: Final = {4: 24, 6: 48}
"""Bits of the network of a household or an office, by version of the protocol."""


@lru_cache(maxsize=4096)
def subject_of(address: str | None) -> str:
    """Give what to count an address by: IPv4 as it is, IPv6 by its /64.

    An IPv4 address that is written as IPv6 (`::ffff:192.0.2.1`, RFC 4291 §2.5.5.2) is the IPv4
    address. What is no address at all is counted by its text.
    """
    known = _parsed(address)
    if known is None:
        return address or "unknown"
    if isinstance(known, IPv4Address):
        return str(known)
    return str(IPv6Network((int(known), _SITE), strict=False))


@lru_cache(maxsize=4096)
def network_of(address: str | None) -> str | None:
    """Give the network of an address, the /24 of IPv4 or the /48 of IPv6, None for no address."""
    known = _parsed(address)
    if known is None:
        return None
    return str(ip_network((int(known), _NETWORK[known.version]), strict=False))


def _parsed(address: str | None) -> IPv4Address | IPv6Address | None:
    try:
        known = ip_address(address or "")
    except ValueError:
        return None
    mapped = known.ipv4_mapped if isinstance(known, IPv6Address) else None
    return known if mapped is None else mapped
