"""Rules over several variables, such as what production refuses."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from operator import attrgetter
from typing import Final
from urllib.parse import parse_qsl

from adapters.config.guessable import has_guessable_password, is_guessable
from adapters.config.hosts import is_narrow_host, is_secure_origin
from application.settings import Environment, Settings
from application.url import split_url


@dataclass(frozen=True, slots=True)
class Rule:
    """A combination that is refused (`error`) or only warned about (`warning`).

    `names` are the variables that it reads; its sentences are about the first. A rule that is
    `only_production` refuses in production; elsewhere it gives its warning, if it has one.
    """

    names: tuple[str, ...]
    is_broken: Callable[[Settings], bool]
    error: str = ""
    warning: str = ""
    only_production: bool = False


def check_rules(
    settings: Settings, unread: Collection[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return errors and warnings; a rule that reads one of the `unread` variables is skipped."""
    in_production = settings.environment is Environment.PRODUCTION
    errors: list[str] = []
    warnings: list[str] = []
    for rule in RULES:
        names = {*rule.names, "APP_ENV"} if rule.only_production else {*rule.names}
        if not names.isdisjoint(unread) or not rule.is_broken(settings):
            continue
        is_refused = in_production if rule.only_production else bool(rule.error)
        if sentence := rule.error if is_refused else rule.warning:
            (errors if is_refused else warnings).append(f"{rule.names[0]}: {sentence}")
    return tuple(errors), tuple(warnings)


def _has_scheme(url: str, scheme: str) -> bool:
    return url.lower().startswith(f"{scheme}:")


def _is_memory_of_each_worker(settings: Settings, url: str) -> bool:
    return settings.http.workers > 1 and _has_scheme(url, "memory")


def _skips_verification(url: str) -> bool:
    """Whether a Redis URL turns off the verification of the server's certificate."""
    return ("ssl_cert_reqs", "none") in parse_qsl(split_url(url).query)


def _guessable_password(name: str, field: str) -> Rule:
    return Rule(
        (name,),
        lambda s: has_guessable_password(attrgetter(field)(s) or ""),
        "give its user a password that nobody guesses: `openssl rand -hex 24`.",
        only_production=True,
    )


def _unverified_redis(name: str, field: str) -> Rule:
    risk = "with ssl_cert_reqs=none anybody on the way can pose as the server and read the password"
    return Rule(
        (name,),
        lambda s: _skips_verification(attrgetter(field)(s)),
        f"{risk}; write ssl_ca_certs=/path/to/ca.pem for a private CA.",
        f"{risk}; production refuses that.",
        only_production=True,
    )


RULES: Final = (
    Rule(
        ("METRICS_PORT", "HTTP_PORT"),
        lambda s: s.http.metrics_port == s.http.port,
        "choose another port than HTTP_PORT, or 0 for no metrics.",
    ),
    Rule(
        ("DATABASE_POOL_MAX", "DATABASE_POOL_MIN"),
        lambda s: s.database.pool_max < s.database.pool_min,
        "make it at least DATABASE_POOL_MIN.",
    ),
    Rule(
        ("REFRESH_TOKEN_TTL", "ACCESS_TOKEN_TTL"),
        lambda s: s.tokens.refresh_ttl <= s.tokens.access_ttl,
        "make it longer than ACCESS_TOKEN_TTL.",
    ),
    Rule(
        ("REFRESH_GRACE", "REFRESH_TOKEN_TTL"),
        lambda s: s.tokens.refresh_grace >= s.tokens.refresh_ttl,
        "make it shorter than REFRESH_TOKEN_TTL.",
    ),
    Rule(
        ("REFRESH_TOKEN_TTL", "SESSION_MAX_LIFETIME"),
        lambda s: s.tokens.refresh_ttl > s.tokens.session_max_lifetime,
        warning="no session lives that long, since SESSION_MAX_LIFETIME ends it before.",
    ),
    Rule(
        ("DATABASE_URL", "HTTP_WORKERS"),
        lambda s: _is_memory_of_each_worker(s, s.database.url),
        "choose a database that processes can share, or set HTTP_WORKERS=1; "
        "each worker would have a memory:// of its own.",
    ),
    Rule(
        ("DATABASE_URL",),
        lambda s: _has_scheme(s.database.url, "memory"),
        "choose a database that outlives the process; production refuses memory://.",
        only_production=True,
    ),
    Rule(
        ("JWT_SECRET",),
        lambda s: is_guessable(s.tokens.secret),
        "replace what can be guessed by random bytes: `openssl rand -base64 48`.",
        only_production=True,
    ),
    _guessable_password("DATABASE_URL", "database.url"),
    _guessable_password("CACHE_URL", "cache_url"),
    _guessable_password("RATE_LIMIT_URL", "rate_limits.url"),
    _guessable_password("BREACHED_PASSWORDS_URL", "passwords.breaches_url"),
    _unverified_redis("CACHE_URL", "cache_url"),
    _unverified_redis("RATE_LIMIT_URL", "rate_limits.url"),
    Rule(
        ("ALLOWED_HOSTS",),
        lambda s: not s.allowed_hosts,
        "list the host names that clients use; production answers to no others.",
        only_production=True,
    ),
    Rule(
        ("ALLOWED_HOSTS",),
        lambda s: not all(map(is_narrow_host, s.allowed_hosts)),
        "list the host names that clients use; production takes neither `*` nor "
        "all names of a top-level domain, as `*.com`.",
        only_production=True,
    ),
    Rule(
        ("CORS_ALLOWED_ORIGINS",),
        lambda s: not all(map(is_secure_origin, s.http.cors_origins)),
        "list https:// origins of servers; production takes no http://, "
        "whose pages anybody on the way can write, and no localhost.",
        only_production=True,
    ),
    Rule(
        ("PASSWORD_HASHER",),
        lambda s: _has_scheme(s.passwords.hasher, "plain"),
        "use argon2id://; plain:// stores passwords that anybody can read.",
        only_production=True,
    ),
    Rule(
        ("CACHE_URL", "HTTP_WORKERS"),
        lambda s: _is_memory_of_each_worker(s, s.cache_url),
        "choose a Redis, or none://, or set HTTP_WORKERS=1; workers cannot share memory://.",
        "each of the workers has a memory:// of its own, which may be a second stale.",
        only_production=True,
    ),
    Rule(
        ("RATE_LIMIT_URL", "HTTP_WORKERS"),
        lambda s: _is_memory_of_each_worker(s, s.rate_limits.url),
        "choose a Redis, or none://, or set HTTP_WORKERS=1; workers cannot share memory://.",
        "each of the workers has a memory:// of its own, so together they allow more than "
        "RATE_LIMITS says.",
        only_production=True,
    ),
)
