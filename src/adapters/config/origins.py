"""Parsers of trusted proxies (CIDR) and CORS origins.

Each parser raises ValueError with what to do instead, as those of `parsers` do.
"""

import re
from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network

from application.settings import Network

_MAPPED = IPv6Network("::ffff:0:0/96")
_PRIVATE: tuple[Network, ...] = (
    *map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")),
    *map(IPv6Network, ("fc00::/7", "fe80::/10")),
)
_MOST_PUBLIC = {4: 2**28, 6: 2**112}
"""Public addresses of proxies, together: a sixteenth of IPv4, a /16 of IPv6."""
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
    found = tuple(_network(item) for item in _items(text))
    v4 = collapse_addresses(each for each in found if isinstance(each, IPv4Network))
    v6 = collapse_addresses(each for each in found if isinstance(each, IPv6Network))
    for version, merged in ((4, [*v4]), (6, [*v6])):
        if sum(map(_public_size, merged)) >= _MOST_PUBLIC[version]:
            raise ValueError(
                "name the proxies: with so many addresses, callers could choose their own."
            )
    return found


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
    if isinstance(network, IPv6Network) and ("%" in item or network.subnet_of(_MAPPED)):
        raise ValueError("write IPv4 as 10.0.0.0/8, not as ::ffff:..., and no zone (%).")
    return network


def _public_size(network: Network) -> int:
    """How many of its addresses somebody on the Internet may have."""
    is_private = any(
        network.version == each.version and network.subnet_of(each)  # type: ignore[arg-type]
        for each in _PRIVATE
    )
    return 0 if is_private else network.num_addresses


def is_secure_origin(origin: str) -> bool:
    """Whether a page of it comes from a server, unchanged: over HTTPS, and not from this machine.

    Whoever is on the way writes the pages of an `http://` origin, and any program those of a
    loopback one.
    """
    scheme, _, authority = origin.partition("://")
    host = authority if authority.endswith("]") else re.sub(r":\d+\Z", "", authority)
    try:
        is_here = ip_network(host.strip("[]")).is_loopback or host == "0.0.0.0"  # noqa: S104 # nosec B104 - to look for
    except ValueError:
        is_here = host == "localhost" or host.endswith(".localhost")
    return scheme == "https" and not is_here


def is_narrow_host(name: str) -> bool:
    """Whether a name of ALLOWED_HOSTS stands for hosts of somebody; `*` and `*.com` do not."""
    return name != "*" and not (name.startswith("*.") and "." not in name[2:])


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
