"""Lists of who may come from where: networks, and the origins of pages.

Each parser raises ValueError with what to do instead, as those of `parsers` do.
"""

import re
from collections.abc import Iterator
from ipaddress import IPv6Network, ip_network

from application.settings import Network

_MAPPED = IPv6Network("::ffff:0:0/96")
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ORIGIN = re.compile(
    rf"(?P<scheme>https?)://(?P<host>{_LABEL}(?:\.{_LABEL})*|\[[0-9a-f:.]{{2,45}}\])"
    r"(?::(?P<port>[1-9][0-9]{0,4}))?",
    re.IGNORECASE | re.ASCII,
)
_DEFAULT_PORTS = {"http": 80, "https": 443}
_MAX_PORT = 65535


def networks(text: str) -> tuple[Network, ...]:
    """Read addresses and CIDRs with commas between them."""
    return tuple(_network(item) for item in _items(text))


def origins(text: str) -> tuple[str, ...]:
    """Read origins with commas between them, and write each as browsers do (RFC 6454 §6.2)."""
    return tuple(_origin(item) for item in _items(text))


def _items(text: str) -> Iterator[str]:
    return (item for part in text.split(",") if (item := part.strip()))


def _network(item: str) -> Network:
    try:
        network = ip_network(item)
    except ValueError:
        raise ValueError(
            "list addresses and CIDRs with commas between them, with no bit set behind the "
            "prefix: 10.0.0.0/8,192.0.2.7,2001:db8::/32."
        ) from None
    if network.prefixlen == 0:
        raise ValueError("name the proxies: with /0 every caller could choose its own address.")
    if isinstance(network, IPv6Network) and ("%" in item or network.subnet_of(_MAPPED)):
        raise ValueError("write IPv4 as 10.0.0.0/8, not as ::ffff:..., and no zone (%).")
    return network


def _origin(item: str) -> str:
    match = _ORIGIN.fullmatch(item)
    port = int(match["port"] or 0) if match else 0
    if match is None or port > _MAX_PORT or not _is_host(match["host"]):
        raise ValueError(
            "list origins with commas between them, each a scheme, an ASCII host and perhaps a "
            "port, with no path and no *: https://app.example.org,http://localhost:5173."
        )
    scheme, host = match["scheme"].lower(), match["host"].lower()
    # Browsers leave the default port out.
    return (
        f"{scheme}://{host}:{port}"
        if port not in {0, _DEFAULT_PORTS[scheme]}
        else f"{scheme}://{host}"
    )


def _is_host(host: str) -> bool:
    """Whether a literal IPv6 address is one; browsers write it in its shortest form."""
    if not host.startswith("["):
        return True
    try:
        return f"[{ip_network(host[1:-1]).network_address}]" == host.lower()
    except ValueError:
        return False
