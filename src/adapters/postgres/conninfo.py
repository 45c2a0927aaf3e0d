"""libpq's connection parameters: our defaults, and what is wrong with those of a URL.

https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS
"""

import os
import re
import stat
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl

from psycopg import Error
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import Conninfo

from application.invalid_settings import InvalidSettings
from application.url import split_url

_DEFAULTS: Final = {
    "application_name": "armature",
    "connect_timeout": "5",
    # A server, or a path to it, that vanished without a word is noticed in a minute, in the middle
    # of a statement in five seconds. Unix sockets have none of this.
    "keepalives": "1",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "5000",
}
"""Unless the URL has its own. None is sent to the server, which PgBouncer would refuse."""

_FORCED: Final = {"client_encoding": "UTF8"}
"""Whatever the URL, the role or the database says. PgBouncer tracks it for each client."""

_TLS_VERSIONS: Final = ("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3")
_CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "sslmode": ("disable", "allow", "prefer", "require", "verify-ca", "verify-full"),
    "sslnegotiation": ("postgres", "direct"),
    "sslcertmode": ("disable", "allow", "require"),
    "channel_binding": ("disable", "prefer", "require"),
    "gssencmode": ("disable", "prefer", "require"),
    "target_session_attrs": (
        *("any", "read-write", "read-only", "primary", "standby", "prefer-standby"),
    ),
    "load_balance_hosts": ("disable", "random"),
    "ssl_min_protocol_version": _TLS_VERSIONS,
    "ssl_max_protocol_version": _TLS_VERSIONS,
    "min_protocol_version": ("3.0", "3.2", "latest"),
    "max_protocol_version": ("3.0", "3.2", "latest"),
    **dict.fromkeys(("sslcompression", "sslsni", "gssdelegation"), ("0", "1")),
}
_AUTHENTICATIONS: Final = ("password", "md5", "gss", "sspi", "scram-sha-256", "oauth", "none")
_NUMBERS: Final = (
    *("connect_timeout", "keepalives", "keepalives_idle", "keepalives_interval"),
    *("keepalives_count", "tcp_user_timeout"),
)
_FILES: Final = ("sslrootcert", "sslcert", "sslkey", "sslcrl", "passfile")
_UNITS: Final = {
    "tcp_user_timeout": ", in milliseconds",
    **dict.fromkeys(("keepalives", "keepalives_count"), ""),
}
_LONGEST_NUMBER: Final = 9
_MAX_PORT: Final = 65535

_SCHEMA: Final = "remove it; `ALTER ROLE ... SET search_path` names another schema than public"
_POOL: Final = "remove it, and set DATABASE_POOL_MAX"
_PREPARE: Final = "remove it, and set DATABASE_PREPARE_THRESHOLD=0"
_PATIENCE: Final = "write connect_timeout, in seconds"
_BOUNDED: Final = "remove it; REQUEST_TIMEOUT bounds what a request waits"
_INSTEAD: Final[Mapping[str, str]] = {
    **dict.fromkeys(("schema", "currentschema", "searchpath"), _SCHEMA),
    **dict.fromkeys(("connectionlimit", "poolsize", "maxpoolsize", "poolmax", "max"), _POOL),
    **dict.fromkeys(("minpoolsize", "poolmin", "min"), "remove it, and set DATABASE_POOL_MIN"),
    **dict.fromkeys(
        ("pgbouncer", "preparethreshold", "statementcachesize", "preparedstatementcachesize"),
        _PREPARE,
    ),
    **dict.fromkeys(("connecttimeout", "connectiontimeout", "logintimeout", "timeout"), _PATIENCE),
    **dict.fromkeys(("pooltimeout", "sockettimeout", "statementtimeout", "locktimeout"), _BOUNDED),
    **dict.fromkeys(("ssl", "tls", "usessl"), "write sslmode=require, or sslmode=verify-full"),
    "sslaccept": "write sslmode=verify-full for strict, sslmode=require for the other",
    **dict.fromkeys(("sslca", "sslrootcertificate", "rootcert", "cafile"), "write sslrootcert"),
    **dict.fromkeys(("sslidentity", "sslpassword"), "write sslcert and sslkey"),
    "sslfactory": "write sslmode",
    "targetservertype": "write target_session_attrs",
    **dict.fromkeys(("tcpkeepalive", "keepalive"), "write keepalives"),
    **dict.fromkeys(("username", "login"), "write user, or put it before the host"),
    **dict.fromkeys(("database", "db"), "put it into the path, as in postgresql://host/name"),
    **dict.fromkeys(("charset", "encoding", "characterencoding"), "remove it; it is UTF-8"),
    "timezone": "remove it; times are kept in UTC",
}
"""What other drivers call things (Prisma, JDBC, node-postgres, asyncpg), in small letters."""
_INSTEAD_OF_MODE: Final = {"required": "require", "no-verify": "require", "true": "require"}


def conninfo_of(url: str) -> str:
    """Read a `postgresql://` URL; raises InvalidSettings, which never repeats what is secret."""
    if unknown := [*_unknown(url)]:
        raise _invalid(unknown)
    try:
        given = conninfo_to_dict(url)
    except Error:
        problem = "this is not a PostgreSQL address (postgresql://user@host/name)."
        raise _invalid([problem]) from None
    text = {name: str(value) for name, value in given.items() if value is not None}
    if wrong := [*_wrong_values(text), *_wrong_hosts(text), *_wrong_files(text)]:
        raise _invalid(wrong)
    return make_conninfo("", **{**_DEFAULTS, **given, **_FORCED})


def _invalid(problems: list[str]) -> InvalidSettings:
    return InvalidSettings(tuple(f"DATABASE_URL: {problem}" for problem in problems))


def _unknown(url: str) -> Iterator[str]:
    known = {option.keyword.decode() for option in Conninfo.get_defaults()}
    for name, value in parse_qsl(split_url(url).query, keep_blank_values=True):
        # As libpq takes it from JDBC.
        if name in known or (name, value) == ("ssl", "true"):
            continue
        instead = _INSTEAD.get(re.sub("[^a-z]", "", name.lower()))
        if instead is None:
            spelled = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
            alike = get_close_matches(spelled, known, n=1)
            instead = f"write {alike[0]}" if alike else "remove it"
        shown = name if re.fullmatch(r"[A-Za-z_-]{1,40}", name) else "a name in its query"
        yield f"{shown} is no parameter of libpq: {instead}."


def _wrong_values(given: Mapping[str, str]) -> Iterator[str]:
    for name, choices in _CHOICES.items():
        value = given.get(name)
        is_any_case = name.startswith("ssl_m")
        if (
            value is None
            or value in choices
            or (is_any_case and value.lower() in {each.lower() for each in choices})
        ):
            continue
        alike = [_INSTEAD_OF_MODE.get(value, ""), *get_close_matches(value, choices, n=1)]
        meant = next((f"; did you mean {each}?" for each in alike if each in choices), ".")
        yield f"{name} is one of {', '.join(choices)}{meant}"
    for name in _NUMBERS:
        if name in given and not _is_number(given[name]):
            yield f"{name} is a whole number{_UNITS.get(name, ', in seconds')}."
    methods = given.get("require_auth", "none").replace("!", "").split(",")
    if not {*methods} <= {*_AUTHENTICATIONS}:
        yield f"require_auth is a list of {', '.join(_AUTHENTICATIONS)}."
    if given.get("replication", "off") not in {"off", "no", "false", "0"}:
        yield "remove replication: such a connection takes no statements."
    versions = (
        (given.get("ssl_min_protocol_version") or "TLSv1.2").lower(),
        (given.get("ssl_max_protocol_version") or _TLS_VERSIONS[-1]).lower(),
    )
    if versions[0] > versions[1]:
        yield "ssl_max_protocol_version is below ssl_min_protocol_version, TLSv1.2 by default."
    if given.get("sslnegotiation") == "direct" and given.get("sslmode") in {
        *(None, "disable", "allow", "prefer"),
    }:
        yield "sslnegotiation=direct needs sslmode=require, verify-ca or verify-full."


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(r"\s*-?[0-9]+\s*", text)) and len(text) <= _LONGEST_NUMBER


def _wrong_hosts(given: Mapping[str, str]) -> Iterator[str]:
    """A list of ports, or of addresses, goes with the list of hosts, one for each."""
    hosts = (given.get("hostaddr") or given.get("host") or "").split(",")
    ports = given.get("port", "").split(",")
    if len(ports) not in {1, len(hosts)}:
        yield f"{len(ports)} ports for {len(hosts)} hosts; give one port, or one for each."
    for port in filter(None, ports):
        if not (_is_number(port) and 1 <= int(port) <= _MAX_PORT):
            yield f"a port is a number from 1 to {_MAX_PORT}."
    names = given.get("host")
    if names and "hostaddr" in given and len(names.split(",")) != len(hosts):
        yield "host and hostaddr name the same number of hosts."


def _wrong_files(given: Mapping[str, str]) -> Iterator[str]:
    for name in _FILES:
        path = given.get(name)
        if path and not (name == "sslrootcert" and path == "system"):
            yield from _unreadable(name, Path(path))
    folder = given.get("sslcrldir")
    if folder and not Path(folder).is_dir():
        yield "sslcrldir is no folder."
    mode, roots = given.get("sslmode"), given.get("sslrootcert")
    if roots == "system" and mode not in {None, "verify-full"}:
        yield "sslrootcert=system needs sslmode=verify-full."
    if mode in {"verify-ca", "verify-full"} and not roots:
        default = Path("~/.postgresql/root.crt").expanduser()
        if not default.is_file():
            yield (
                f"sslmode={mode} needs sslrootcert, a file of certificates, or system for those"
                f" of the operating system: there is no {default}."
            )
    key = Path("~/.postgresql/postgresql.key").expanduser()
    if given.get("sslcert") and not given.get("sslkey") and not key.is_file():
        yield f"sslcert needs sslkey, the file of its private key: there is no {key}."


def _unreadable(name: str, path: Path) -> Iterator[str]:
    try:
        found = path.stat()
    except OSError as error:
        yield f"{name} names a file that cannot be read: {error.strerror}."
        return
    if not stat.S_ISREG(found.st_mode):
        yield f"{name} is no regular file."
    elif not os.access(path, os.R_OK):
        yield f"{name} names a file that this process may not read."
    elif name in {"sslkey", "passfile"}:
        # libpq: whoever else may read a key, but root's may be read by its group.
        others = 0o027 if found.st_uid == 0 and name == "sslkey" else 0o077
        if found.st_mode & others:
            yield f"{name} may be read by others than its owner: chmod 600."
