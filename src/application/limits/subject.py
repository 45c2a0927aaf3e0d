"""Who an address stands for."""

from functools import lru_cache
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Final

_SITE: Final = 64
"""Bits of an IPv6 address that a customer cannot choose; all below are one machine's to take."""


@lru_cache(maxsize=4096)
def subject_of(address: str | None) -> str:
    """Give what to count an address by: IPv4 as it is, IPv6 by its /64.

    An IPv4 address that is written as IPv6 (`::ffff:192.0.2.1`, RFC 4291 §2.5.5.2) is the IPv4
    address. What is no address at all is counted by its text.
    """
    try:
        known = ip_address(address or "")
    except ValueError:
        return address or "unknown"
    if not isinstance(known, IPv6Address):
        return str(known)
    if known.ipv4_mapped is not None:
        return str(known.ipv4_mapped)
    return str(IPv6Network((int(known), _SITE), strict=False))
