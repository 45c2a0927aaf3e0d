"""Doctor checks of a production deployment, beyond single variables."""

from collections.abc import Callable, Iterator
from typing import Final
from urllib.parse import parse_qs

from application.doctor.finding import Finding, State
from application.settings import Settings
from application.url import split_url

_LEAST_MEMORY: Final = {1: 47104, 2: 19456, 3: 12288, 4: 9216}
"""KiB by passes: OWASP's equivalent settings of Argon2id (Password Storage Cheat Sheet)."""
_LAST_MEMORY: Final = 7168
_LOOPBACK: Final = frozenset(("127.0.0.1", "::1", "localhost"))
_ALL: Final = frozenset(("0.0.0.0", "::"))  # noqa: S104 # nosec B104 - to look for


def check_deployment(settings: Settings, *, in_production: bool) -> Iterator[Finding]:
    """Check what a careful operator would ask about; only what is wrong is a finding."""
    tables = (
        ((State.WARNING, _WARNINGS), (State.HINT, _HINTS))
        if in_production
        else ((State.HINT, _HINTS_ELSEWHERE),)
    )
    for state, table in tables:
        for variable, applies, found, advice in table:
            if applies(settings):
                yield Finding(settings.origin(variable), found, state, advice)


def check_rate_limits(settings: Settings) -> Finding:
    """Check that rate limits are on."""
    if split_url(settings.rate_limits.url).scheme != "none":
        return Finding("rate limits", "They are on.")
    return Finding(
        "rate limits",
        "They are off: anyone may guess passwords as fast as these are hashed.",
        State.WARNING,
        "Set RATE_LIMIT_URL to a Redis, or to memory:// for one process.",
    )


def hashing_cost(url: str) -> dict[str, int]:
    """Read m (KiB), t and p of an `argon2id://` URL; nothing of another hasher's."""
    parts = split_url(url)
    if parts.scheme != "argon2id":
        return {}
    given = {key: values[0] for key, values in parse_qs(parts.query).items()}
    return {key: int(given.get(key, usual)) for key, usual in {"m": 19456, "t": 2, "p": 1}.items()}


def is_remote(url: str) -> bool:
    """Whether any host of a URL is another machine."""
    hosts = split_url(url).netloc.rpartition("@")[2].split(",")
    names = {host.rpartition(":")[0] if not host.endswith("]") else host for host in hosts}
    bare = {(name or host).strip("[]") for name, host in zip(names, hosts, strict=False)}
    return not bare <= _LOOPBACK


def _is_cheap(settings: Settings) -> bool:
    cost = hashing_cost(settings.passwords.hasher)
    return bool(cost) and cost["m"] < _LEAST_MEMORY.get(cost["t"], _LAST_MEMORY)


def _has_rule(settings: Settings, name: str) -> bool:
    parts = split_url(settings.passwords.policy)
    return parts.scheme != "rules" or name in parts.netloc.split(",")


def _is_plain_redis(url: str) -> bool:
    scheme = split_url(url).scheme
    return scheme.startswith("redis") and not scheme.startswith("rediss") and is_remote(url)


def _verifies(settings: Settings) -> bool:
    url = split_url(settings.database.url)
    is_server = url.scheme in {"postgresql", "postgres"} and bool(url.netloc.rpartition("@")[2])
    return not is_server or not is_remote(settings.database.url) or "sslmode=verify-" in url.query


Table = tuple[tuple[str, Callable[[Settings], bool], str, str], ...]
"""The variable, where it applies, what is found, and advice."""

_WARNINGS: Final[Table] = (
    (
        "TRUSTED_PROXIES",
        lambda s: not s.http.trusted_proxies,
        "It is empty: every request counts as plain HTTP, which production refuses.",
        "List the proxy that ends TLS, as a network as small as possible.",
    ),
    (
        "PASSWORD_POLICY",
        lambda s: not _has_rule(s, "uncommon"),
        "It allows the passwords that everybody tries first.",
        "Add `uncommon`: rules://uncommon?min=12.",
    ),
    (
        "PASSWORD_HASHER",
        _is_cheap,
        "Its hashes are cheaper to try than OWASP advises.",
        "Use argon2id://?m=19456&t=2&p=1 or more.",
    ),
    (
        "BREACHED_PASSWORDS_URL",
        lambda s: s.passwords.breaches_url is None,
        "It is empty: passwords that have leaked are accepted.",
        "Set it to https://api.pwnedpasswords.com, or to a mirror.",
    ),
    (
        "LOG_FORMAT",
        lambda s: s.log.format != "json",
        "Log lines are formatted for people, not for a collector.",
        "Set LOG_FORMAT=json.",
    ),
    (
        "LOG_LEVEL",
        lambda s: s.log.level != "info",
        "It is not `info`: too much is logged, or events and access log are missing.",
        "Set LOG_LEVEL=info; SIGUSR1 gives debug lines for a while.",
    ),
    (
        "METRICS_PORT",
        lambda s: s.http.metrics_port is None,
        "Metrics are off, and so is every alert.",
        "Set METRICS_PORT=2112.",
    ),
    (
        "DATABASE_URL",
        lambda s: not _verifies(s),
        "TLS to the database does not verify whose server answers.",
        "Add sslmode=verify-full, and sslrootcert where its CA is your own.",
    ),
    (
        "CACHE_URL",
        lambda s: _is_plain_redis(s.cache_url),
        "Accounts travel to the cache in plain text.",
        "Use rediss://, or unix:// on the same machine.",
    ),
    (
        "RATE_LIMIT_URL",
        lambda s: _is_plain_redis(s.rate_limits.url),
        "Limits are counted over plain text.",
        "Use rediss://, or unix:// on the same machine.",
    ),
)
_HINTS: Final[Table] = (
    (
        "HTTP_HOST",
        lambda s: s.http.host in _ALL,
        "The API and /metrics listen on every address of the machine.",
        "Let only the proxy and Prometheus reach their ports.",
    ),
    (
        "HTTP_HOST",
        lambda s: s.http.host in _LOOPBACK,
        "Only what runs on this machine reaches the API and /metrics.",
        "That is right behind a proxy here; in a container set 0.0.0.0.",
    ),
    (
        "DATABASE_URL",
        lambda s: split_url(s.database.url).scheme == "sqlite",
        "Its file serves this machine alone.",
        "Back it up; a second machine needs PostgreSQL.",
    ),
)
_HINTS_ELSEWHERE: Final[Table] = (
    (
        "TRUSTED_PROXIES",
        lambda s: bool(s.allowed_hosts) and not s.http.trusted_proxies,
        "ALLOWED_HOSTS is set and this is empty: behind a proxy, all clients have its address.",
        "If there is a proxy, name its address.",
    ),
)
