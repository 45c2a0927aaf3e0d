"""The URL forms under which a Redis is reached."""

from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import parse_qsl, unquote

from application.url import Url, split_url

SCHEMES = (
    "redis",
    "rediss",
    "unix",
    "redis+cluster",
    "rediss+cluster",
    "redis+sentinel",
    "rediss+sentinel",
)
_PORTS = {"sentinel": 26379}
_TLS = ("ssl_ca_certs", "ssl_certfile", "ssl_keyfile")
_PARAMETERS = ("max_connections", "sentinel_username", "sentinel_password", *_TLS)
_MAX_PORT, _MAX_DB, _MAX_CONNECTIONS = 65535, 1_000_000, 10_000


class Topology(StrEnum):
    SINGLE = "single"
    CLUSTER = "cluster"
    SENTINEL = "sentinel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a Redis is; `nodes` are hosts with ports: one, those of a cluster, or sentinels.

    `service` is the name under which sentinels know the primary. `path` is a Unix socket, and
    then there are no nodes. `tls` names files by redis-py's own parameter names.
    """

    topology: Topology
    nodes: tuple[tuple[str, int], ...] = ()
    path: str | None = None
    service: str = ""
    db: int = 0
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    sentinel_username: str | None = None
    sentinel_password: str | None = field(default=None, repr=False)
    ssl: bool = False
    tls: tuple[tuple[str, str], ...] = ()
    max_connections: int = 50

    @classmethod
    def parse(cls, url: str) -> "Address":
        """Read one of these; raises ValueError with a sentence that repeats no secret.

        - `redis://[user:password@]host[:6379][/db]`, `rediss://` the same over TLS
        - `unix:///path/to/socket?db=0`
        - `redis+cluster://[user:password@]host:port,host:port`, `rediss+cluster://`
        - `redis+sentinel://[user:password@]host:26379,host:26379/service[/db]`,
          `rediss+sentinel://`

        Parameters: `max_connections`, `ssl_ca_certs`, `ssl_certfile`, `ssl_keyfile`,
        `sentinel_username`, `sentinel_password`.
        """
        parts = split_url(url)
        if parts.scheme not in SCHEMES:
            raise ValueError(f"use one of the schemes {', '.join(SCHEMES)}.")
        _, _, kind = parts.scheme.partition("+")
        topology = Topology(kind or "single")
        query = _query(parts.query, unix=parts.scheme == "unix")
        if not parts.scheme.startswith("rediss") and query.keys() & set(_TLS):
            raise ValueError("parameters for TLS need a rediss scheme.")
        userinfo, _, hosts = parts.netloc.rpartition("@")
        username, _, password = userinfo.partition(":")
        service, db = _path(parts, topology, query.get("db", ""))
        return cls(
            topology=topology,
            nodes=() if parts.scheme == "unix" else _nodes(hosts, topology),
            path=unquote(parts.path) if parts.scheme == "unix" else None,
            service=service,
            db=db,
            username=unquote(username) or None,
            password=unquote(password) or None,
            sentinel_username=query.get("sentinel_username"),
            sentinel_password=query.get("sentinel_password"),
            ssl=parts.scheme.startswith("rediss"),
            tls=tuple((key, query[key]) for key in _TLS if key in query),
            max_connections=_number(
                query.get("max_connections", "50"), "max_connections", 1, _MAX_CONNECTIONS
            ),
        )


def _query(text: str, *, unix: bool) -> dict[str, str]:
    known = (*_PARAMETERS, "db") if unix else _PARAMETERS
    query = dict(parse_qsl(text, keep_blank_values=True))
    for key in query.keys() - set(known):
        raise ValueError(f"there is no parameter {key!r}; there are {', '.join(known)}.")
    return query


def _path(parts: Url, topology: Topology, db: str) -> tuple[str, int]:
    """Give the sentinels' service name and the number of the database."""
    if parts.scheme == "unix":
        if parts.path in {"", "/"}:
            raise ValueError("a unix:// URL names the path of a socket.")
        return "", _number(db or "0", "db", 0, _MAX_DB)
    service, _, number = parts.path.strip("/").partition("/")
    if topology is not Topology.SENTINEL:
        service, number = "", parts.path.strip("/")
    elif not service:
        raise ValueError("a sentinel URL ends in /service, the name of the primary.")
    if topology is Topology.CLUSTER and number not in {"", "0"}:
        raise ValueError("a cluster has database 0 only.")
    return unquote(service), _number(number or "0", "the database", 0, _MAX_DB)


def _nodes(hosts: str, topology: Topology) -> tuple[tuple[str, int], ...]:
    default = _PORTS.get(topology, 6379)
    nodes = tuple(_node(host, default) for host in hosts.split(","))
    if topology is Topology.SINGLE and len(nodes) > 1:
        raise ValueError("several hosts need a +cluster or +sentinel scheme.")
    return nodes


def _node(text: str, default: int) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon or port.endswith("]"):
        host, port = text, str(default)
    host = host.removeprefix("[").removesuffix("]")
    if not host:
        raise ValueError("a host is missing.")
    return host, _number(port, "a port", 1, _MAX_PORT)


def _number(text: str, called: str, low: int, high: int) -> int:
    if not (text.isascii() and text.isdecimal()) or not low <= int(text[:19]) <= high:
        raise ValueError(f"{called} is a number from {low} to {high}.")
    return int(text)
