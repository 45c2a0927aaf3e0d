"""Settings: the validated configuration."""

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
    """`cors_origins` are as browsers write them; `header_timeout` bounds idleness, too.

    With a `metrics_port` of None nothing is measured.
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
    """`is_default` is true only where nobody chose the URL: that file alone migrates itself.

    `prepare_threshold` is after how many uses a statement is prepared on the server, 0 never.
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
    """`secret` has at least 32 bytes; within `refresh_grace` an exchanged token gives siblings.

    `keys` is the path of a file of signing keys; None signs with the secret. A token is made for
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
    """`queue` is how many hashings may wait for one of `threads`; one more is refused.

    `breaches_url` is where the range protocol of Have I Been Pwned is spoken; None asks nobody.
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
    """Everything, by subject; `adapters.system` reads it from the environment."""

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
