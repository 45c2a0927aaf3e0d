"""Rules over several variables, such as what production refuses."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl

from adapters.config.guessable import has_guessable_password, is_guessable
from adapters.config.origins import is_narrow_host, is_secure_origin
from application.settings import Environment, Settings
from application.url import split_url

_ANYBODY = "with ssl_cert_reqs=none anybody on the way can pose as the server and read the password"


@dataclass(frozen=True, slots=True)
class Rule:
    """`names` are the variables that it is about; one that only warns lets the service start."""

    names: tuple[str, ...]
    broken: Callable[[Settings], bool]
    sentence: str
    only_warns: bool = False


def _in_production(settings: Settings) -> bool:
    return settings.environment is Environment.PRODUCTION


def _shares_memory_cache(settings: Settings) -> bool:
    return settings.http.workers > 1 and _has_scheme(settings.cache_url, "memory")


def _shares_memory_limiter(settings: Settings) -> bool:
    return settings.http.workers > 1 and _has_scheme(settings.rate_limits.url, "memory")


def _guessable_password(name: str, url: Callable[[Settings], str]) -> Rule:
    return Rule(
        ("APP_ENV", name),
        lambda s: _in_production(s) and has_guessable_password(url(s)),
        f"{name}: give its user a password that nobody guesses: `openssl rand -hex 24`.",
    )


def _has_scheme(url: str, scheme: str) -> bool:
    return url.lower().startswith(f"{scheme}:")


def _verifies_no_server(url: str) -> bool:
    """Whether a Redis URL turns the check of the server's certificate off."""
    return ("ssl_cert_reqs", "none") in parse_qsl(split_url(url).query)


RULES = (
    Rule(
        ("METRICS_PORT", "HTTP_PORT"),
        lambda s: s.http.metrics_port == s.http.port,
        "METRICS_PORT: choose another port than HTTP_PORT, or 0 for no metrics.",
    ),
    Rule(
        ("DATABASE_POOL_MAX", "DATABASE_POOL_MIN"),
        lambda s: s.database.pool_max < s.database.pool_min,
        "DATABASE_POOL_MAX: make it at least DATABASE_POOL_MIN.",
    ),
    Rule(
        ("REFRESH_TOKEN_TTL", "ACCESS_TOKEN_TTL"),
        lambda s: s.tokens.refresh_ttl <= s.tokens.access_ttl,
        "REFRESH_TOKEN_TTL: make it longer than ACCESS_TOKEN_TTL.",
    ),
    Rule(
        ("REFRESH_GRACE", "REFRESH_TOKEN_TTL"),
        lambda s: s.tokens.refresh_grace >= s.tokens.refresh_ttl,
        "REFRESH_GRACE: make it shorter than REFRESH_TOKEN_TTL.",
    ),
    Rule(
        ("REFRESH_TOKEN_TTL", "SESSION_MAX_LIFETIME"),
        lambda s: s.tokens.refresh_ttl > s.tokens.session_max_lifetime,
        "REFRESH_TOKEN_TTL: no session lives that long, since SESSION_MAX_LIFETIME ends it before.",
        only_warns=True,
    ),
    Rule(
        ("DATABASE_URL", "HTTP_WORKERS"),
        lambda s: s.http.workers > 1 and _has_scheme(s.database.url, "memory"),
        "DATABASE_URL: choose a database that processes can share, or set HTTP_WORKERS=1; "
        "each worker would have a memory:// of its own.",
    ),
    Rule(
        ("APP_ENV", "DATABASE_URL"),
        lambda s: _in_production(s) and _has_scheme(s.database.url, "memory"),
        "DATABASE_URL: choose a database that outlives the process; production refuses memory://.",
    ),
    Rule(
        ("APP_ENV", "JWT_SECRET"),
        lambda s: _in_production(s) and is_guessable(s.tokens.secret),
        "JWT_SECRET: replace what can be guessed by random bytes: `openssl rand -base64 48`.",
    ),
    _guessable_password("DATABASE_URL", lambda s: s.database.url),
    _guessable_password("CACHE_URL", lambda s: s.cache_url),
    _guessable_password("RATE_LIMIT_URL", lambda s: s.rate_limits.url),
    _guessable_password("BREACHED_PASSWORDS_URL", lambda s: s.passwords.breaches_url or ""),
    Rule(
        ("APP_ENV", "CACHE_URL"),
        lambda s: _in_production(s) and _verifies_no_server(s.cache_url),
        f"CACHE_URL: {_ANYBODY}; write ssl_ca_certs=/path/to/ca.pem for a private CA.",
    ),
    Rule(
        ("APP_ENV", "RATE_LIMIT_URL"),
        lambda s: _in_production(s) and _verifies_no_server(s.rate_limits.url),
        f"RATE_LIMIT_URL: {_ANYBODY}; write ssl_ca_certs=/path/to/ca.pem for a private CA.",
    ),
    Rule(
        ("APP_ENV", "CACHE_URL"),
        lambda s: not _in_production(s) and _verifies_no_server(s.cache_url),
        f"CACHE_URL: {_ANYBODY}; production refuses that.",
        only_warns=True,
    ),
    Rule(
        ("APP_ENV", "RATE_LIMIT_URL"),
        lambda s: not _in_production(s) and _verifies_no_server(s.rate_limits.url),
        f"RATE_LIMIT_URL: {_ANYBODY}; production refuses that.",
        only_warns=True,
    ),
    Rule(
        ("APP_ENV", "ALLOWED_HOSTS"),
        lambda s: _in_production(s) and not s.allowed_hosts,
        "ALLOWED_HOSTS: list the host names that clients use; production answers to no others.",
    ),
    Rule(
        ("APP_ENV", "ALLOWED_HOSTS"),
        lambda s: _in_production(s) and not all(map(is_narrow_host, s.allowed_hosts)),
        "ALLOWED_HOSTS: list the host names that clients use; production takes neither `*` nor "
        "all names of a top-level domain, as `*.com`.",
    ),
    Rule(
        ("APP_ENV", "CORS_ALLOWED_ORIGINS"),
        lambda s: _in_production(s) and not all(map(is_secure_origin, s.http.cors_origins)),
        "CORS_ALLOWED_ORIGINS: list https:// origins of servers; production takes no http://, "
        "whose pages anybody on the way can write, and no localhost.",
    ),
    Rule(
        ("APP_ENV", "PASSWORD_HASHER"),
        lambda s: _in_production(s) and _has_scheme(s.passwords.hasher, "plain"),
        "PASSWORD_HASHER: use argon2id://; plain:// stores passwords that anybody can read.",
    ),
    Rule(
        ("APP_ENV", "CACHE_URL", "HTTP_WORKERS"),
        lambda s: _in_production(s) and _shares_memory_cache(s),
        "CACHE_URL: choose a Redis, or none://, or set HTTP_WORKERS=1; workers cannot share "
        "memory://.",
    ),
    Rule(
        ("APP_ENV", "CACHE_URL", "HTTP_WORKERS"),
        lambda s: not _in_production(s) and _shares_memory_cache(s),
        "CACHE_URL: each of the workers has a memory:// of its own, which may be a second stale.",
        only_warns=True,
    ),
    Rule(
        ("APP_ENV", "RATE_LIMIT_URL", "HTTP_WORKERS"),
        lambda s: _in_production(s) and _shares_memory_limiter(s),
        "RATE_LIMIT_URL: choose a Redis, or none://, or set HTTP_WORKERS=1; workers cannot share "
        "memory://.",
    ),
    Rule(
        ("APP_ENV", "RATE_LIMIT_URL", "HTTP_WORKERS"),
        lambda s: not _in_production(s) and _shares_memory_limiter(s),
        "RATE_LIMIT_URL: each of the workers has a memory:// of its own, so together they allow "
        "more than RATE_LIMITS says.",
        only_warns=True,
    ),
)
