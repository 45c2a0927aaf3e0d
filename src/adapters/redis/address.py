"""The URL forms under which a Redis is reached, and their parameters."""

import difflib
import re
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
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
_TLS_FILES = ("ssl_ca_certs", "ssl_certfile", "ssl_keyfile")
_TLS = (*_TLS_FILES, "ssl_cert_reqs")
_CERT_REQS = ("required", "none")
_PARAMETERS = ("max_connections", "sentinel_username", "sentinel_password", *_TLS)
_LOGIN: Final = "write user:password@ before the host"
_FIXED: Final = "leave it out: it is fixed here"
_INSTEAD: Final[Mapping[str, str]] = {
    **dict.fromkeys(("username", "user", "password", "pass", "auth"), _LOGIN),
    **dict.fromkeys(("db", "database"), "write its number as the path, as in redis://host/3"),
    **dict.fromkeys(("ssl", "tls", "use_tls"), "use the scheme rediss"),
    **dict.fromkeys(
        ("ssl_ca_path", "ssl_ca_data", "sslrootcert", "tls_ca", "tls_ca_cert", "cafile", "ca"),
        "write ssl_ca_certs=/path/to/ca.pem",
    ),
    **dict.fromkeys(("sslcert", "ssl_cert", "tls_cert", "cert"), "write ssl_certfile"),
    **dict.fromkeys(("sslkey", "ssl_key", "tls_key"), "write ssl_keyfile"),
    **dict.fromkeys(
        ("ssl_check_hostname", "sslmode", "verify", "insecure", "tls_insecure"),
        "write ssl_cert_reqs=none to verify nothing, or ssl_ca_certs for a private CA",
    ),
    **dict.fromkeys(("pool_size", "max_pool_size", "connection_limit"), "write max_connections"),
    **dict.fromkeys(("prefix", "key_prefix", "namespace"), "set REDIS_PREFIX"),
    **dict.fromkeys(
        ("service_name", "master_name", "sentinel_master"),
        "use redis+sentinel://host/service",
    ),
    **dict.fromkeys(("timeout", "socket_timeout", "socket_connect_timeout", "protocol"), _FIXED),
    **dict.fromkeys(("retry_on_timeout", "decode_responses", "health_check_interval"), _FIXED),
}
"""What to write in place of parameters of other clients."""
_NAME: Final = re.compile(r"[A-Za-z_]\w{0,39}", re.ASCII)
_MAX_PORT, _MAX_DB, _MAX_CONNECTIONS = 65535, 1_000_000, 10_000


class Topology(StrEnum):
    SINGLE = "single"
    CLUSTER = "cluster"
    SENTINEL = "sentinel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a Redis is; `nodes` are hosts with ports: one, those of a cluster, or sentinels.

    `service` is the sentinels' name of the primary. `path` is a Unix socket, and
    then there are no nodes. `tls` holds redis-py's own parameters.
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
        `ssl_cert_reqs` (`required` or `none`), `sentinel_username`, `sentinel_password`.
        """
        parts = split_url(url)
        if parts.scheme not in SCHEMES:
            raise ValueError(f"use one of the schemes {', '.join(SCHEMES)}.")
        _, _, kind = parts.scheme.partition("+")
        topology = Topology(kind or "single")
        query = _query(parts.query, unix=parts.scheme == "unix")
        if not parts.scheme.startswith("rediss") and query.keys() & set(_TLS):
            raise ValueError("parameters for TLS need a rediss scheme.")
        if query.get("ssl_cert_reqs", "required") not in _CERT_REQS:
            raise ValueError("ssl_cert_reqs is required or none.")
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

    def check_files(self) -> None:
        """Load the files that `tls` names; raises ValueError with what is wrong with which."""
        files = dict(self.tls)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        ca, cert, key = (files.get(name) for name in _TLS_FILES)
        if key and not cert:
            raise ValueError("ssl_keyfile needs an ssl_certfile.")
        if ca is not None:
            with _named("ssl_ca_certs"):
                context.load_verify_locations(ca)
        if cert is not None:
            with _named("ssl_certfile, ssl_keyfile" if key else "ssl_certfile"):
                # An empty password: a key that is encrypted is refused, and nobody is asked.
                context.load_cert_chain(cert, key, password="")  # nosec B106 - none


@contextmanager
def _named(parameter: str) -> Iterator[None]:
    try:
        yield
    except ssl.SSLError:
        raise ValueError(
            f"{parameter}: the file is not in PEM form, or key and certificate do not match."
        ) from None
    except OSError as error:
        raise ValueError(f"{parameter}: the file cannot be read: {error.strerror}.") from None


def _query(text: str, *, unix: bool) -> dict[str, str]:
    known = (*_PARAMETERS, "db") if unix else _PARAMETERS
    pairs = parse_qsl(text, keep_blank_values=True)
    query = dict(pairs)
    for key in query:
        if key not in known:
            raise ValueError(_unknown(key, known))
    if len(pairs) > len(query):
        raise ValueError("a parameter is given twice.")
    return query


def _unknown(key: str, known: tuple[str, ...]) -> str:
    there_are = f"there are {', '.join(known)}."
    if not _NAME.fullmatch(key):
        # It may be the end of a password that was not percent-encoded.
        return f"a parameter has no name that could be one; {there_are}"
    close = difflib.get_close_matches(key, known, n=1)
    instead = _INSTEAD.get(key.lower()) or (f"write {close[0]}" if close else "")
    return f"there is no parameter {key!r}" + (f": {instead}." if instead else f"; {there_are}")


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
