"""The configuration variables, one row each: name, field of Settings, parser, default, meaning.

Documentation, `config show`, `config check` and error messages come from this table. A new
variable is a row here and a field in `application.settings`.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from pathlib import Path
from typing import Final

from adapters.config.hosts import hosts, networks, origins
from adapters.config.parsers import (
    audiences,
    duration,
    integer,
    issuer,
    key_file,
    key_prefix,
    one_of,
    optional,
    rate_limits,
    roles,
    secret,
    word,
)
from adapters.config.urls import parse_url
from application.settings import Environment


@dataclass(frozen=True, slots=True)
class Variable:
    """One configuration variable.

    `field` is its path in Settings; None for a variable that is only the `fallback` of others.
    `parse` raises ValueError with what to do. `default` is text for `parse`, or makes it from the
    texts of the rows above; the text of `fallback`, if set, comes before it. `shown` documents a
    default that depends on something.
    """

    name: str
    field: str | None
    parse: Callable[[str], object]
    default: str | Callable[[Mapping[str, str]], str]
    meaning: str
    fallback: str | None = None
    shown: str = ""
    is_secret: bool = False
    is_url: bool = False

    def default_text(self, above: Mapping[str, str]) -> str:
        return self.default if isinstance(self.default, str) else self.default(above)

    @property
    def documented_default(self) -> str:
        """The default in Markdown."""
        written = f"`{self.default}`" if self.default else "unset"
        return self.shown or (f"`{self.fallback}`, else {written}" if self.fallback else written)


_ZERO, _MILLISECOND, _SECOND = timedelta(0), timedelta(milliseconds=1), timedelta(seconds=1)
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_POLICY: Final = "rules://upper,lower,digit"

# One row each.
# fmt: off
VARIABLES: Final = (
    Variable("APP_ENV", "environment", one_of(*Environment), "development",
        "`development`, `test`, `staging` or `production`"),
    Variable("HTTP_HOST", "http.host", word, "127.0.0.1", "address the API listens on"),
    Variable("HTTP_PORT", "http.port",
        integer(1, 65535, because="; with 0 each worker would get a port of its own"), "3000",
        "port the API listens on"),
    Variable("HTTP_WORKERS", "http.workers", integer(1, 256), "1", "server processes"),
    Variable("METRICS_PORT", "http.metrics_port", optional(integer(0, 65535)), "2112",
        "port that `/metrics` listens on, on `HTTP_HOST`; `0` is off"),
    Variable("DATABASE_URL", "database.url", parse_url, "sqlite:///var/armature.db",
        "`memory://`, `sqlite:///path` or `postgresql://user:password@host/name`", is_url=True),
    Variable("DATABASE_POOL_MIN", "database.pool_min", integer(0, 1000), "1",
        "connections that a process keeps open"),
    Variable("DATABASE_POOL_MAX", "database.pool_max", integer(1, 1000), "10",
        "connections that a process opens at most"),
    Variable("DATABASE_PREPARE_THRESHOLD", "database.prepare_threshold", integer(0, 1_000_000), "5",
        "uses after which a statement is prepared on the server; `0` never (PgBouncer)"),
    Variable("REDIS_URL", None, optional(parse_url), "",
        "when set, the default of `CACHE_URL` and `RATE_LIMIT_URL`", is_url=True),
    Variable("REDIS_PREFIX", "redis_prefix", key_prefix, "armature",
        "what every key in Redis begins with, so that several services can share one"),
    Variable("CACHE_URL", "cache_url", parse_url, "memory://",
        "`memory://`, `none://` or one of the Redis URLs below", fallback="REDIS_URL", is_url=True),
    Variable("RATE_LIMIT_URL", "rate_limits.url", parse_url, "memory://",
        "`memory://`, `none://` or one of the Redis URLs below", fallback="REDIS_URL", is_url=True),
    Variable("RATE_LIMITS", "rate_limits.limits", rate_limits,
        "login=10/15m,register=5/15m,api=100/1m,public=600/1m,email-change=5/1d,"
        "password-proof=10/15m,login-account=10/15m,login-known=10/15m,login-network=1/15m,"
        "login-global=1000/1m,login-global-network=10/15m",
        "limits by name, as below; what is not named keeps its default"),
    Variable("JWT_SECRET", "tokens.secret", secret, "",
        "at least 32 bytes; signs access tokens unless `JWT_KEYS` do, and gives other keys",
        shown="made and kept in `var/jwt-secret` in development and test", is_secret=True),
    Variable("JWT_KEYS", "tokens.keys", key_file, "",
        "path of a file of keys that sign access tokens; `armature keys generate` makes it"),
    Variable("JWT_ISSUER", "tokens.issuer", issuer, "armature", "`iss` of every access token"),
    Variable("JWT_AUDIENCE", "tokens.audiences", audiences, "armature",
        "`aud` of every access token; of several, with commas, any is accepted"),
    Variable("ACCESS_TOKEN_TTL", "tokens.access_ttl", duration(_SECOND, 30 * _DAY), "15m",
        "how long an access token works"),
    Variable("REFRESH_TOKEN_TTL", "tokens.refresh_ttl", duration(_SECOND, 3650 * _DAY), "30d",
        "how long a session lives unused"),
    Variable("REFRESH_GRACE", "tokens.refresh_grace", duration(_ZERO, _HOUR), "10s",
        "how long a refresh token may be exchanged again, by parallel requests"),
    Variable("SESSION_MAX_LIFETIME", "tokens.session_max_lifetime", duration(_SECOND, 3650 * _DAY),
        "90d", "how long a session lives at most, however often it is refreshed"),
    Variable("SESSIONS_PER_USER", "tokens.sessions_per_user", integer(1, 10_000), "100",
        "sessions of a user; one more ends the one that was unused for longest"),
    Variable("ROLES", "roles", roles, "admin",
        "the roles that exist, with commas; any other is refused; `admin` always exists"),
    Variable("PASSWORD_HASHER", "passwords.hasher", parse_url, "argon2id://?m=19456&t=2&p=1",
        "algorithm and parameters: memory in KiB, passes, lanes", is_url=True),
    Variable("PASSWORD_POLICY", "passwords.policy", parse_url,
        lambda above: _POLICY + ",uncommon" * (above["APP_ENV"].lower() == "production"),
        "what a new password needs: `upper`, `lower`, `digit`, `symbol`, `uncommon`, `?min=12`",
        shown=f"`{_POLICY}`, in production with `,uncommon`", is_url=True),
    Variable("BREACHED_PASSWORDS_URL", "passwords.breaches_url", optional(parse_url), "",
        "server that checks for leaked passwords: `https://api.pwnedpasswords.com`; unset is off",
        is_url=True),
    Variable("HASHING_THREADS", "passwords.threads", integer(1, 256), lambda _: str(usable_cores()),
        "passwords hashed at once; those of [other systems](cli.md) have a lane besides",
        shown="cores that may be used"),
    Variable("HASHING_QUEUE", "passwords.queue", integer(0, 100_000), "64",
        "passwords that may wait for each of the two; more are answered 503"),
    Variable("REQUEST_TIMEOUT", "request_timeout", duration(_MILLISECOND, _HOUR), "10s",
        "how long a call may take"),
    Variable("HEADER_TIMEOUT", "http.header_timeout", duration(100 * _MILLISECOND, _HOUR), "10s",
        "how long a connection may be idle, or send the head of a request"),
    Variable("STARTUP_TIMEOUT", "startup_timeout", duration(_ZERO, _HOUR), "30s",
        "how long `serve` and `db upgrade` wait for a database server; `0s` is not at all"),
    Variable("DRAIN_DELAY", "drain_delay", duration(_ZERO, _HOUR), "2s",
        "how long a service that is told to stop keeps serving, while not ready"),
    Variable("SHUTDOWN_TIMEOUT", "shutdown_timeout", duration(_SECOND, _HOUR), "30s",
        "how long calls in flight may take to end after that"),
    Variable("LOG_LEVEL", "log.level", one_of("debug", "info", "warning", "error", "critical"),
        "info", "`debug`, `info`, `warning`, `error` or `critical`"),
    Variable("LOG_FORMAT", "log.format", one_of("console", "json"),
        lambda above: "console" if above["APP_ENV"].lower() == "development" else "json",
        "`console` for people, `json` for machines",
        shown="`console` in development, `json` elsewhere"),
    Variable("SLOW_QUERY", "log.slow_query", duration(_MILLISECOND, _HOUR), "200ms",
        "from how long on a call of the database is logged as slow"),
    Variable("ALLOWED_HOSTS", "allowed_hosts", hosts, "",
        "host names, with commas, that the API answers to; empty answers to all"),
    Variable("TRUSTED_PROXIES", "http.trusted_proxies", networks, "",
        "addresses and CIDRs, with commas, of proxies whose forwarding headers are trusted"),
    Variable("CORS_ALLOWED_ORIGINS", "http.cors_origins", origins, "",
        "origins, with commas, whose pages may call the API from a browser; empty is none"),
    Variable("AUDIT_RETENTION", "audit_retention", duration(_SECOND, 36500 * _DAY), "400d",
        "how long `armature maintenance purge` leaves an audit entry"),
)
# fmt: on
"""In the order of `docs/configuration.md`; a default may depend on the rows above it."""


def usable_cores(cpu_max: Path = Path("/sys/fs/cgroup/cpu.max")) -> int:
    """Give the CPU cores that this process may use, at least 1.

    `cpu_max` has quota and period of the container (Linux control groups, version 2). A container
    that is limited to half a core still sees all cores of its machine.
    """
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    try:
        quota, period = map(int, cpu_max.read_text().split())
    except (OSError, ValueError):  # No such file, or "max" for no quota.
        return usable or 1
    return min(usable or 1, max(1, ceil(quota / period)))
