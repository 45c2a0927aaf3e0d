"""Parsers of allowed hosts, trusted proxies (CIDR) and CORS origins.

Each raises ValueError with what to do instead, as those of `parsers` do.
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
_HOST = re.compile(r"\*|(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|[0-9a-f:.]*:[0-9a-f:.]*")
_MAX_HOST = 255


def hosts(text: str) -> tuple[str, ...]:
    """Read host names, separated by commas; `*.example.org` stands for all below it."""
    names = tuple(name.lower() for name in _items(text))
    if not all(len(name) <= _MAX_HOST and _HOST.fullmatch(name) for name in names):
        raise ValueError(
            "list host names with commas between them, without scheme, port and path: "
            "api.example.org,*.example.org."
        )
    return names


def is_narrow_host(name: str) -> bool:
    """Whether a name of ALLOWED_HOSTS belongs to one organisation; `*` and `*.com` do not."""
    return name != "*" and not (name.startswith("*.") and "." not in name[2:])


def networks(text: str) -> tuple[Network, ...]:
    """Read addresses and CIDRs, separated by commas."""
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
    """Read origins, separated by commas, in the form that browsers send (RFC 6454 §6.2)."""
    return tuple(_origin(item) for item in _items(text))


def is_secure_origin(origin: str) -> bool:
    """Whether pages of an origin come unchanged from a server: over HTTPS, not from loopback.

    Anyone on the network path can rewrite the pages of an `http://` origin, and any local program
    can serve those of a loopback one.
    """
    scheme, _, authority = origin.partition("://")
    host = authority if authority.endswith("]") else re.sub(r":\d+\Z", "", authority)
    try:
        is_local = ip_network(host.strip("[]")).is_loopback or host == "0.0.0.0"  # noqa: S104 # nosec B104 - to look for
    except ValueError:
        is_local = host == "localhost" or host.endswith(".localhost")
    return scheme == "https" and not is_local


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
    """Count the public addresses of a network."""
    is_private = any(
        network.version == each.version and network.subnet_of(each)  # type: ignore[arg-type]
        for each in _PRIVATE
    )
    return 0 if is_private else network.num_addresses


def _origin(item: str) -> str:
    match = _ORIGIN.fullmatch(item)
    port = int(match["port"] or 0) if match else 0
    if match is None or port > _MAX_PORT or not _is_host(match["host"]):
        raise ValueError(
            "list origins with commas between them, each a scheme, an ASCII host and perhaps a "
            "port, with no path and no *: https://app.example.org,http://localhost:5173."
        )
    scheme, host = match["scheme"].lower(), match["host"].lower()
    # Browsers omit the default port.
    return f"{scheme}://{host}" + (f":{port}" if port not in {0, _DEFAULT_PORTS[scheme]} else "")


def _is_host(host: str) -> bool:
    """Whether a literal IPv6 address is valid and in its shortest form, as browsers write it."""
    if not host.startswith("["):
        return True
    try:
        return f"[{ip_network(host[1:-1]).network_address}]" == host.lower()
    except ValueError:
        return False
