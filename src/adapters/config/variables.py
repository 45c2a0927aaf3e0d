"""Every variable: its name, default, parser and meaning.

The order is that of `docs/configuration.md`, and a default may depend on what stands above it.
"""

from datetime import timedelta
from enum import StrEnum

from adapters.config.cores import cores
from adapters.config.http_variables import (
    ALLOWED_HOSTS,
    CORS_ALLOWED_ORIGINS,
    HEADER_TIMEOUT,
    HTTP_HOST,
    HTTP_PORT,
    HTTP_WORKERS,
    METRICS_PORT,
    RATE_LIMIT_URL,
    RATE_LIMITS,
    TRUSTED_PROXIES,
)
from adapters.config.lifetime_variables import DRAIN_DELAY, SHUTDOWN_TIMEOUT, STARTUP_TIMEOUT
from adapters.config.parsers import (
    audiences,
    duration,
    integer,
    issuer,
    key_file,
    key_prefix,
    one_of,
    roles,
    secret,
)
from adapters.config.urls import parse_url
from adapters.config.variable import Variable
from application.settings import Environment

_SECOND, _HOUR, _DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)


class LogLevel(StrEnum):
    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
    CRITICAL = "critical"


class LogFormat(StrEnum):
    CONSOLE = "console"
    JSON = "json"


APP_ENV = Variable(
    name="APP_ENV",
    default="development",
    parse=one_of(Environment),
    meaning="`development`, `test`, `staging` or `production`",
)
DATABASE_URL = Variable(
    name="DATABASE_URL",
    default="sqlite:///var/armature.db",
    parse=parse_url,
    meaning="`memory://`, `sqlite:///path` or `postgresql://user:password@host/name`",
    is_url=True,
)
DATABASE_POOL_MIN = Variable(
    name="DATABASE_POOL_MIN",
    default="1",
    parse=integer(0, 1000),
    meaning="connections that a process keeps open",
)
DATABASE_POOL_MAX = Variable(
    name="DATABASE_POOL_MAX",
    default="10",
    parse=integer(1, 1000),
    meaning="connections that a process opens at most",
)
DATABASE_PREPARE_THRESHOLD = Variable(
    name="DATABASE_PREPARE_THRESHOLD",
    default="5",
    parse=integer(0, 1_000_000),
    meaning="uses after which a statement is prepared on the server; `0` never (PgBouncer)",
)
REDIS_URL = Variable(
    name="REDIS_URL",
    default="",
    parse=lambda text: text and parse_url(text),
    meaning="when set, the default of `CACHE_URL` and `RATE_LIMIT_URL`",
    is_url=True,
)
REDIS_PREFIX = Variable(
    name="REDIS_PREFIX",
    default="armature",
    parse=key_prefix,
    meaning="what every key in Redis begins with, so that several services can share one",
)
CACHE_URL = Variable(
    name="CACHE_URL",
    default=lambda texts: texts["REDIS_URL"] or "memory://",
    shown="`REDIS_URL`, else `memory://`",
    parse=parse_url,
    meaning="`memory://`, `none://` or one of the Redis URLs below",
    is_url=True,
)
JWT_SECRET = Variable(
    name="JWT_SECRET",
    default="",
    shown="made and kept in `var/jwt-secret` in development and test",
    parse=secret,
    meaning="at least 32 bytes; signs access tokens unless `JWT_KEYS` do, and gives other keys",
    is_secret=True,
)
JWT_KEYS = Variable(
    name="JWT_KEYS",
    default="",
    parse=key_file,
    meaning="path of a file of keys that sign access tokens; `armature keys generate` makes it",
)
JWT_ISSUER = Variable(
    name="JWT_ISSUER", default="armature", parse=issuer, meaning="`iss` of every access token"
)
JWT_AUDIENCE = Variable(
    name="JWT_AUDIENCE",
    default="armature",
    parse=audiences,
    meaning="`aud` of every access token; of several, with commas, any is accepted",
)
ACCESS_TOKEN_TTL = Variable(
    name="ACCESS_TOKEN_TTL",
    default="15m",
    parse=duration(_SECOND, 30 * _DAY),
    meaning="how long an access token works",
)
REFRESH_TOKEN_TTL = Variable(
    name="REFRESH_TOKEN_TTL",
    default="30d",
    parse=duration(_SECOND, 3650 * _DAY),
    meaning="how long a session lives unused",
)
REFRESH_GRACE = Variable(
    name="REFRESH_GRACE",
    default="10s",
    parse=duration(timedelta(0), _HOUR),
    meaning="how long a refresh token may be exchanged again, by parallel requests",
)
SESSION_MAX_LIFETIME = Variable(
    name="SESSION_MAX_LIFETIME",
    default="90d",
    parse=duration(_SECOND, 3650 * _DAY),
    meaning="how long a session lives at most, however often it is refreshed",
)
SESSIONS_PER_USER = Variable(
    name="SESSIONS_PER_USER",
    default="100",
    parse=integer(1, 10_000),
    meaning="sessions of a user; one more ends the one that was unused for longest",
)
ROLES = Variable(
    name="ROLES",
    default="admin",
    parse=roles,
    meaning="the roles that exist, with commas; any other is refused; `admin` always exists",
)
PASSWORD_HASHER = Variable(
    name="PASSWORD_HASHER",
    default="argon2id://?m=19456&t=2&p=1",
    parse=parse_url,
    meaning="algorithm and parameters: memory in KiB, passes, lanes",
    is_url=True,
)
_SEED = "rules://upper,lower,digit"
PASSWORD_POLICY = Variable(
    name="PASSWORD_POLICY",
    default=lambda texts: _SEED + ",uncommon" * (texts["APP_ENV"].lower() == "production"),
    shown="`rules://upper,lower,digit`, in production with `,uncommon`",
    parse=parse_url,
    meaning="what a new password needs: `upper`, `lower`, `digit`, `symbol`, `uncommon`, `?min=12`",
    is_url=True,
)
BREACHED_PASSWORDS_URL = Variable(
    name="BREACHED_PASSWORDS_URL",
    default="",
    parse=lambda text: (text and parse_url(text)) or None,
    meaning="who knows leaked passwords, as `https://api.pwnedpasswords.com`; unset asks nobody",
    is_url=True,
)
HASHING_THREADS = Variable(
    name="HASHING_THREADS",
    default=lambda _: str(cores()),
    shown="cores that may be used",
    parse=integer(1, 256),
    meaning="passwords hashed at once; those of [other systems](cli.md) have a lane besides",
)
HASHING_QUEUE = Variable(
    name="HASHING_QUEUE",
    default="64",
    parse=integer(0, 100_000),
    meaning="passwords that may wait for each of the two; more are answered 503",
)
REQUEST_TIMEOUT = Variable(
    name="REQUEST_TIMEOUT",
    default="10s",
    parse=duration(timedelta(milliseconds=1), _HOUR),
    meaning="how long a call may take",
)
LOG_LEVEL = Variable(
    name="LOG_LEVEL",
    default="info",
    parse=one_of(LogLevel),
    meaning="`debug`, `info`, `warning`, `error` or `critical`",
)
LOG_FORMAT = Variable(
    name="LOG_FORMAT",
    default=lambda texts: "console" if texts["APP_ENV"].lower() == "development" else "json",
    shown="`console` in development, `json` elsewhere",
    parse=one_of(LogFormat),
    meaning="`console` for people, `json` for machines",
)
SLOW_QUERY = Variable(
    name="SLOW_QUERY",
    default="200ms",
    parse=duration(timedelta(milliseconds=1), _HOUR),
    meaning="from how long on a call of the database is logged as slow",
)
AUDIT_RETENTION = Variable(
    name="AUDIT_RETENTION",
    default="400d",
    parse=duration(_SECOND, 36500 * _DAY),
    meaning="how long `armature maintenance purge` leaves an audit entry",
)

VARIABLES: tuple[Variable[object], ...] = (
    APP_ENV,
    HTTP_HOST,
    HTTP_PORT,
    HTTP_WORKERS,
    METRICS_PORT,
    DATABASE_URL,
    DATABASE_POOL_MIN,
    DATABASE_POOL_MAX,
    DATABASE_PREPARE_THRESHOLD,
    REDIS_URL,
    REDIS_PREFIX,
    CACHE_URL,
    RATE_LIMIT_URL,
    RATE_LIMITS,
    JWT_SECRET,
    JWT_KEYS,
    JWT_ISSUER,
    JWT_AUDIENCE,
    ACCESS_TOKEN_TTL,
    REFRESH_TOKEN_TTL,
    REFRESH_GRACE,
    SESSION_MAX_LIFETIME,
    SESSIONS_PER_USER,
    ROLES,
    PASSWORD_HASHER,
    PASSWORD_POLICY,
    BREACHED_PASSWORDS_URL,
    HASHING_THREADS,
    HASHING_QUEUE,
    REQUEST_TIMEOUT,
    HEADER_TIMEOUT,
    STARTUP_TIMEOUT,
    DRAIN_DELAY,
    SHUTDOWN_TIMEOUT,
    LOG_LEVEL,
    LOG_FORMAT,
    SLOW_QUERY,
    ALLOWED_HOSTS,
    TRUSTED_PROXIES,
    CORS_ALLOWED_ORIGINS,
    AUDIT_RETENTION,
)
