"""Loads settings from environment variables, `X_FILE` files and `.env`."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from adapters.config import http_variables as h
from adapters.config import lifetime_variables as life
from adapters.config import variables as v
from adapters.config.kept_secret import kept_secret
from adapters.config.rules import RULES
from adapters.config.sources import Source, Text, collect
from adapters.config.urls import HIDDEN, redact
from adapters.config.variable import Variable
from application.invalid_settings import InvalidSettings
from application.settings import (
    DatabaseSettings,
    Environment,
    HttpSettings,
    LimitSettings,
    LogSettings,
    PasswordSettings,
    Settings,
    TokenSettings,
)

T = TypeVar("T")

VAR = Path("var")
"""Where a development machine keeps what it made itself, below the working directory."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings with which the service can start, and what should be told about them."""

    settings: Settings
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Described:
    """One variable as it is in force; secrets, and passwords in URLs, are hidden in `value`."""

    name: str
    value: str
    source: Source


def load_settings(
    environ: Mapping[str, str], *, dotenv: Path | None = None, var: Path = VAR
) -> Loaded:
    """Read every variable; raises InvalidSettings with all that is wrong, never with a secret.

    In development and test a missing `JWT_SECRET` is made and kept in `var`.
    """
    texts, problems = collect(environ, dotenv)
    reader = _Reader(texts)
    settings = _settings(reader, var)
    broken = [rule for rule in RULES if reader.has_read(rule.names) and rule.broken(settings)]
    problems += reader.problems
    problems += tuple(rule.sentence for rule in broken if not rule.only_warns)
    if problems:
        raise InvalidSettings(problems, settings if reader.has_read_all_but_secrets else None)
    return Loaded(settings, tuple(rule.sentence for rule in broken))


def describe(environ: Mapping[str, str], *, dotenv: Path | None = None) -> tuple[Described, ...]:
    """Tell what every variable is and where that comes from, whether it is right or wrong."""
    texts, _ = collect(environ, dotenv)
    return tuple(
        Described(variable.name, _shown(variable, texts[variable.name].value), source)
        for variable in v.VARIABLES
        for source in [texts[variable.name].source]
    )


def _shown(variable: Variable[object], value: str) -> str:
    if not value:
        return ""
    # What looks like keys in place of their path is none of anybody's business either.
    if variable.is_secret or value.lstrip().startswith("{"):
        return HIDDEN
    return redact(value) if variable.is_url else value


class _Reader:
    """Parses every text; what is wrong is collected, and the default stands in for it."""

    def __init__(self, texts: Mapping[str, Text]) -> None:
        self._texts = texts
        self._wrong = {name: text.wrong for name, text in texts.items() if text.wrong}
        self._unread = {*self._wrong}
        self._defaults, _ = collect({}, None)
        for variable in v.VARIABLES:
            self.read(variable)

    @property
    def problems(self) -> tuple[str, ...]:
        return tuple(self._wrong[name] for name in self._texts if name in self._wrong)

    def read(self, variable: Variable[T]) -> T:
        text = self._texts[variable.name]
        try:
            return variable.parse(text.value)
        except ValueError as error:
            self._unread.add(variable.name)
            # A default is only wrong where it was made from something else that is.
            if text.source is not Source.DEFAULT:
                self.refuse(variable, str(error))
        return variable.parse(self._defaults[variable.name].value)

    def refuse(self, variable: Variable[object], said: str) -> None:
        self._wrong[variable.name] = f"{variable.name}: {said}"
        self._unread.add(variable.name)

    def is_default(self, variable: Variable[object]) -> bool:
        return self._texts[variable.name].source is Source.DEFAULT

    @property
    def has_read_all_but_secrets(self) -> bool:
        return self._unread <= {v.JWT_SECRET.name}

    def has_read(self, names: tuple[str, ...]) -> bool:
        return self._unread.isdisjoint(names)


def _settings(reader: _Reader, var: Path) -> Settings:
    environment = reader.read(v.APP_ENV)
    return Settings(
        environment=environment,
        http=HttpSettings(
            host=reader.read(h.HTTP_HOST),
            port=reader.read(h.HTTP_PORT),
            workers=reader.read(h.HTTP_WORKERS),
            metrics_port=reader.read(h.METRICS_PORT) or None,
            header_timeout=reader.read(h.HEADER_TIMEOUT),
            trusted_proxies=reader.read(h.TRUSTED_PROXIES),
            cors_origins=reader.read(h.CORS_ALLOWED_ORIGINS),
        ),
        database=DatabaseSettings(
            url=reader.read(v.DATABASE_URL),
            is_default=reader.is_default(v.DATABASE_URL),
            pool_min=reader.read(v.DATABASE_POOL_MIN),
            pool_max=reader.read(v.DATABASE_POOL_MAX),
            prepare_threshold=reader.read(v.DATABASE_PREPARE_THRESHOLD),
        ),
        cache_url=reader.read(v.CACHE_URL),
        redis_prefix=reader.read(v.REDIS_PREFIX),
        rate_limits=LimitSettings(
            url=reader.read(h.RATE_LIMIT_URL), limits=reader.read(h.RATE_LIMITS)
        ),
        tokens=_tokens(reader, environment, var),
        passwords=PasswordSettings(
            hasher=reader.read(v.PASSWORD_HASHER),
            policy=reader.read(v.PASSWORD_POLICY),
            threads=reader.read(v.HASHING_THREADS),
            queue=reader.read(v.HASHING_QUEUE),
            breaches_url=reader.read(v.BREACHED_PASSWORDS_URL),
        ),
        roles=reader.read(v.ROLES),
        log=LogSettings(
            level=reader.read(v.LOG_LEVEL),
            format=reader.read(v.LOG_FORMAT),
            slow_query=reader.read(v.SLOW_QUERY),
        ),
        request_timeout=reader.read(v.REQUEST_TIMEOUT),
        drain_delay=reader.read(life.DRAIN_DELAY),
        shutdown_timeout=reader.read(life.SHUTDOWN_TIMEOUT),
        startup_timeout=reader.read(life.STARTUP_TIMEOUT),
        allowed_hosts=reader.read(h.ALLOWED_HOSTS),
        audit_retention=reader.read(v.AUDIT_RETENTION),
    )


def _tokens(reader: _Reader, environment: Environment, var: Path) -> TokenSettings:
    return TokenSettings(
        secret=reader.read(v.JWT_SECRET) or _missing_secret(reader, environment, var),
        keys=reader.read(v.JWT_KEYS),
        issuer=reader.read(v.JWT_ISSUER),
        audiences=reader.read(v.JWT_AUDIENCE),
        access_ttl=reader.read(v.ACCESS_TOKEN_TTL),
        refresh_ttl=reader.read(v.REFRESH_TOKEN_TTL),
        refresh_grace=reader.read(v.REFRESH_GRACE),
        session_max_lifetime=reader.read(v.SESSION_MAX_LIFETIME),
        sessions_per_user=reader.read(v.SESSIONS_PER_USER),
    )


def _missing_secret(reader: _Reader, environment: Environment, var: Path) -> bytes:
    if not reader.has_read((v.APP_ENV.name, v.JWT_SECRET.name)):
        return b""
    if environment not in {Environment.DEVELOPMENT, Environment.TEST}:
        reader.refuse(v.JWT_SECRET, "set it to random bytes: `openssl rand -base64 48`.")
        return b""
    try:
        return kept_secret(var)
    except ValueError as error:
        reader.refuse(v.JWT_SECRET, str(error))
        return b""
