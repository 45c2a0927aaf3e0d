"""Doctor checks of a production deployment, beyond single variables."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from application.doctor.finding import Finding, State
from application.doctor.limits import hashing_cost
from application.settings import Settings
from application.url import split_url

_LEAST_MEMORY: Final = {1: 47104, 2: 19456, 3: 12288, 4: 9216}
"""KiB by passes: OWASP's equivalent settings of Argon2id (Password Storage Cheat Sheet)."""
_LAST_MEMORY: Final = 7168
_HERE: Final = frozenset(("127.0.0.1", "::1", "localhost"))
_ALL: Final = frozenset(("0.0.0.0", "::"))  # noqa: S104 # nosec B104 - to look for


@dataclass(frozen=True, slots=True)
class Advice:
    """What to say where `applies`."""

    check: str
    state: State
    applies: Callable[[Settings], bool]
    found: str
    advice: str


def check_deployment(settings: Settings, *, in_production: bool) -> Iterator[Finding]:
    """Tell what a careful operator would ask about."""
    for each in PRODUCTION if in_production else ELSEWHERE:
        if each.applies(settings):
            yield Finding(check=each.check, state=each.state, found=each.found, advice=each.advice)


def _is_cheap(settings: Settings) -> bool:
    cost = hashing_cost(settings.passwords.hasher)
    return bool(cost) and cost["m"] < _LEAST_MEMORY.get(cost["t"], _LAST_MEMORY)


def _has_rule(settings: Settings, name: str) -> bool:
    parts = split_url(settings.passwords.policy)
    return parts.scheme != "rules" or name in parts.netloc.split(",")


def is_far(url: str) -> bool:
    """Whether any host of a URL is another machine."""
    hosts = split_url(url).netloc.rpartition("@")[2].split(",")
    names = {host.rpartition(":")[0] if not host.endswith("]") else host for host in hosts}
    bare = {(name or host).strip("[]") for name, host in zip(names, hosts, strict=False)}
    return not bare <= _HERE


def _is_plain_redis(url: str) -> bool:
    scheme = split_url(url).scheme
    return scheme.startswith("redis") and not scheme.startswith("rediss") and is_far(url)


def _verifies(settings: Settings) -> bool:
    url = split_url(settings.database.url)
    is_server = url.scheme in {"postgresql", "postgres"} and bool(url.netloc.rpartition("@")[2])
    return not is_server or not is_far(settings.database.url) or "sslmode=verify-" in url.query


PRODUCTION: Final = (
    Advice(
        "TRUSTED_PROXIES",
        State.WARNING,
        lambda s: not s.http.trusted_proxies,
        "It is empty: every request counts as plain HTTP, which production refuses.",
        "Name the proxy that ends TLS, as narrow as can be.",
    ),
    Advice(
        "PASSWORD_POLICY",
        State.WARNING,
        lambda s: not _has_rule(s, "uncommon"),
        "It allows the passwords that everybody tries first.",
        "Add `uncommon`: rules://uncommon?min=12.",
    ),
    Advice(
        "PASSWORD_HASHER",
        State.WARNING,
        _is_cheap,
        "Its hashes are cheaper to try than OWASP advises.",
        "Use argon2id://?m=19456&t=2&p=1 or more.",
    ),
    Advice(
        "BREACHED_PASSWORDS_URL",
        State.WARNING,
        lambda s: s.passwords.breaches_url is None,
        "It is empty: passwords that have leaked are accepted.",
        "Set it to https://api.pwnedpasswords.com, or to a mirror.",
    ),
    Advice(
        "LOG_FORMAT",
        State.WARNING,
        lambda s: s.log.format != "json",
        "Lines are for people, not for what collects them.",
        "Set LOG_FORMAT=json.",
    ),
    Advice(
        "LOG_LEVEL",
        State.WARNING,
        lambda s: s.log.level != "info",
        "It is not `info`: too much is told, or no event and no access.",
        "Set LOG_LEVEL=info; SIGUSR1 gives debug lines for a while.",
    ),
    Advice(
        "METRICS_PORT",
        State.WARNING,
        lambda s: s.http.metrics_port is None,
        "Metrics are off, and so is every alert.",
        "Set METRICS_PORT=2112.",
    ),
    Advice(
        "DATABASE_URL",
        State.WARNING,
        lambda s: not _verifies(s),
        "TLS to the database does not verify whose server answers.",
        "Add sslmode=verify-full, and sslrootcert where its CA is your own.",
    ),
    Advice(
        "CACHE_URL",
        State.WARNING,
        lambda s: _is_plain_redis(s.cache_url),
        "Accounts travel to the cache in plain text.",
        "Use rediss://, or unix:// on the same machine.",
    ),
    Advice(
        "RATE_LIMIT_URL",
        State.WARNING,
        lambda s: _is_plain_redis(s.rate_limits.url),
        "Limits are counted over plain text.",
        "Use rediss://, or unix:// on the same machine.",
    ),
    Advice(
        "HTTP_HOST",
        State.HINT,
        lambda s: s.http.host in _ALL,
        "The API and /metrics listen on every address of the machine.",
        "Let only the proxy and Prometheus reach their ports.",
    ),
    Advice(
        "HTTP_HOST",
        State.HINT,
        lambda s: s.http.host in _HERE,
        "Only what runs on this machine reaches the API and /metrics.",
        "That is right behind a proxy here; in a container set 0.0.0.0.",
    ),
    Advice(
        "DATABASE_URL",
        State.HINT,
        lambda s: split_url(s.database.url).scheme == "sqlite",
        "Its file serves this machine alone.",
        "Back it up; a second machine needs PostgreSQL.",
    ),
)

ELSEWHERE: Final = (
    Advice(
        "TRUSTED_PROXIES",
        State.HINT,
        lambda s: bool(s.allowed_hosts) and not s.http.trusted_proxies,
        "ALLOWED_HOSTS is set and this is empty: behind a proxy, every caller has its address.",
        "If there is a proxy, name its address.",
    ),
)
