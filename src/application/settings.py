"""Settings: the validated configuration."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network

from application.limits.groups import DEFAULTS, Limits
from domain.user.role import KnownRoles

Network = IPv4Network | IPv6Network


class Environment(StrEnum):
    DEVELOPMENT = "development"
    TEST = "test"
    STAGING = "staging"
    PRODUCTION = "production"


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpSettings:
    """`cors_origins` are as browsers send them; `header_timeout` also bounds idle connections.

    `metrics_port` is None where metrics are off.
    """

    host: str = "127.0.0.1"
    port: int = 3000
    workers: int = 1
    metrics_port: int | None = 2112
    header_timeout: timedelta = timedelta(seconds=10)
    trusted_proxies: tuple[Network, ...] = ()
    cors_origins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseSettings:
    """`is_default` is true where DATABASE_URL is not set: only that file is migrated at the start.

    `prepare_threshold` is the number of uses after which a statement is prepared on the server;
    0 is never.
    """

    url: str = field(default="sqlite:///var/armature.db", repr=False)
    is_default: bool = True
    pool_min: int = 1
    pool_max: int = 10
    prepare_threshold: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitSettings:
    url: str = field(default="memory://", repr=False)
    limits: Limits = field(default_factory=lambda: DEFAULTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenSettings:
    """`secret` has at least 32 bytes; a token exchanged within `refresh_grace` gets a sibling.

    `keys` is the path of a file of signing keys; None signs with the secret. A token is issued for
    all `audiences`, and accepted for any of them.
    """

    secret: bytes = field(repr=False)
    keys: str | None = None
    issuer: str = "armature"
    audiences: tuple[str, ...] = ("armature",)
    access_ttl: timedelta = timedelta(minutes=15)
    refresh_ttl: timedelta = timedelta(days=30)
    refresh_grace: timedelta = timedelta(seconds=10)
    session_max_lifetime: timedelta = timedelta(days=90)
    sessions_per_user: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordSettings:
    """`queue` bounds the hashings that wait for one of `threads`; one more is refused.

    `breaches_url` is a server of Have I Been Pwned's range protocol; None checks nothing.
    """

    hasher: str = "argon2id://?m=19456&t=2&p=1"
    policy: str = "rules://upper,lower,digit"
    threads: int
    queue: int = 64
    breaches_url: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSettings:
    level: str = "info"
    format: str = "console"
    slow_query: timedelta = timedelta(milliseconds=200)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings by subject; `adapters.config.variables` has the variable of each field.

    `inherited` has the variables whose value was set by another one: CACHE_URL by REDIS_URL.
    """

    environment: Environment = Environment.DEVELOPMENT
    http: HttpSettings = HttpSettings()
    database: DatabaseSettings = DatabaseSettings()
    cache_url: str = field(default="memory://", repr=False)
    redis_prefix: str = "armature"
    rate_limits: LimitSettings = LimitSettings()
    tokens: TokenSettings
    passwords: PasswordSettings
    roles: KnownRoles = field(default_factory=KnownRoles)
    log: LogSettings = LogSettings()
    request_timeout: timedelta = timedelta(seconds=10)
    drain_delay: timedelta = timedelta(seconds=2)
    shutdown_timeout: timedelta = timedelta(seconds=30)
    startup_timeout: timedelta = timedelta(seconds=30)
    allowed_hosts: tuple[str, ...] = ()
    audit_retention: timedelta = timedelta(days=400)
    inherited: Mapping[str, str] = field(default_factory=dict)

    def origin(self, variable: str) -> str:
        """Give the name of the variable that has to be changed to change `variable`."""
        return self.inherited.get(variable, variable)

    def attribute(self, problems: Iterable[str]) -> tuple[str, ...]:
        """Begin every `NAME: problem` with the name of its origin, each sentence once."""
        parts = (problem.partition(": ") for problem in problems)
        return tuple(dict.fromkeys(self.origin(name) + colon + rest for name, colon, rest in parts))


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribedVariable:
    """A variable as `config show` shows it: secrets in `value` are redacted.

    `source` is `default`, `environment`, `file` or `.env`.
    """

    name: str
    value: str
    source: str
