"""The composition root: settings -> adapters -> policies -> use cases.

The one place that knows every part. A driver asks it for `running(settings)` and sees nothing
but use cases.
"""

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import fields
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from dependency_injector import containers, providers

from adapters.idna.encoder import to_ascii
from adapters.jwt import tokens as jwt
from adapters.memory.breached_passwords import KnownBreaches
from adapters.msgspec import user_view
from adapters.policies.breaking_database import BreakingDatabase
from adapters.policies.cached_user_reader import CachedUserReader, UserViewCodec
from adapters.policies.fail_open_breaches import FailOpenBreachedPasswords
from adapters.policies.fail_open_cache import FailOpenCache
from adapters.policies.guarded_breaches import GuardedBreachedPasswords
from adapters.policies.presets import database_breaker, database_retry, external
from adapters.policies.probe import Probe
from adapters.policies.publishing_unit_of_work import PublishingUnits
from adapters.policies.retry import Retry
from adapters.policies.retrying_use_case import RetryingUseCase
from adapters.policies.trusting_session_reader import TrustingSessionReader
from adapters.system import environment
from adapters.system.circuit_log import CircuitLog
from adapters.system.clock import SystemClock
from adapters.system.ids import UuidV7Generator
from adapters.system.known_adapters import ADAPTERS
from adapters.system.listeners import Listeners
from adapters.system.plugins import find_adapter
from adapters.system.policy_log import failed_open, trying_again
from adapters.system.secrets import SystemSecrets
from application.handlers import HANDLERS
from application.health.check_readiness import CheckReadinessHandler
from application.idempotency import Claims
from application.invalid_settings import InvalidSettings
from application.keys import derive_key
from application.pagination import Cursors
from application.ports.breached_passwords import BreachedPasswords
from application.ports.cache import Cache
from application.ports.database import Database
from application.ports.migrations import Migrations
from application.ports.password_hasher import PasswordHasher
from application.session.session_opener import SessionOpener, TokenIssuer
from application.settings import Settings
from application.use_cases import UseCases
from application.user.password_strength import PasswordStrength
from application.user.reauthentication import Reauthentication
from application.user.repeated_registration import RepeatedRegistration
from application.variable import Variable
from domain.session.session import Lifetimes
from domain.user.password_policy import PasswordPolicy

DOTENV = Path(".env")


def _built(kind: type, parts: Mapping[str, Any]) -> providers.Provider[Any]:
    """Build something from the parts that its fields are named after."""
    return providers.Singleton(kind, **{field.name: parts[field.name] for field in fields(kind)})


def _wired(
    handlers: Mapping[str, type], parts: Mapping[str, Any], retry: providers.Provider[Retry]
) -> dict[str, providers.Provider[Any]]:
    return {
        name: providers.Singleton(RetryingUseCase, name, _built(handler, parts), retry)
        for name, handler in handlers.items()
    }


def _adapter(role: str, variable: str, url: str, settings: Settings) -> Any:  # noqa: ANN401 - what it is, its provider says
    return find_adapter(role, url, variable, ADAPTERS[role])(url, settings)


def _breaches(settings: Settings, log: CircuitLog) -> BreachedPasswords:
    url = settings.passwords.breaches_url
    if url is None:
        return KnownBreaches()
    from adapters.hibp import range_api

    # The call ends before the budget does: or the breaker would never hear that it was too slow.
    limit, budget = timedelta(seconds=0.9), timedelta(seconds=1)
    guard = external(range_api.NAME, timeout=limit, listeners=(log,))
    guarded = GuardedBreachedPasswords(range_api.create(url, settings), guard)
    return FailOpenBreachedPasswords(guarded, partial(failed_open, range_api.NAME), budget=budget)


def _cached_users(database: Database, cache: Cache, settings: Settings) -> CachedUserReader:
    # Other processes cannot reach into a cache of this one's own, so it keeps things briefly.
    is_shared = settings.cache_url.lower().startswith(("redis", "unix:"))
    ttl = timedelta(seconds=30 if is_shared else 1)
    codec = UserViewCodec(user_view.version(), user_view.encode, user_view.decode)
    return CachedUserReader(database.users, cache, codec, ttl=ttl, settle=settings.request_timeout)


class Container(containers.DeclarativeContainer):
    """Every part as a singleton, built unopened; `running` opens and closes what needs it."""

    settings = providers.Dependency(instance_of=Settings)
    own = settings.provided

    # Adapters
    clock = providers.Singleton(SystemClock)
    ids = providers.Singleton(UuidV7Generator)
    secrets = providers.Singleton(SystemSecrets)
    storage: providers.Singleton[Database] = providers.Singleton(
        _adapter, "database", "DATABASE_URL", own.database.url, settings
    )
    cache: providers.Singleton[Cache] = providers.Singleton(
        _adapter, "cache", "CACHE_URL", own.cache_url, settings
    )
    hasher: providers.Singleton[PasswordHasher] = providers.Singleton(
        _adapter, "password_hasher", "PASSWORD_HASHER", own.passwords.hasher, settings
    )
    policy: providers.Singleton[PasswordPolicy] = providers.Singleton(
        _adapter, "password_policy", "PASSWORD_POLICY", own.passwords.policy, settings
    )
    tokens = providers.Singleton(jwt.create, settings)

    # Policies
    circuit_log = providers.Singleton(CircuitLog)
    breaker = providers.Singleton(database_breaker, circuit_log)
    database = providers.Singleton(BreakingDatabase, storage, breaker)
    probe = providers.Singleton(Probe, breaker, storage)
    retry = providers.Singleton(database_retry, trying_again)
    open_cache = providers.Singleton(FailOpenCache, cache, partial(failed_open, "cache"))
    breaches = providers.Singleton(_breaches, settings, circuit_log)
    users = providers.Singleton(_cached_users, database, open_cache, settings)
    sessions = providers.Singleton(TrustingSessionReader, database.provided.session_reader)
    events = providers.Singleton(Listeners, users.provided.hear, sessions.provided.hear)
    units = providers.Singleton(PublishingUnits, database.provided.unit_of_work, events)

    # What else use cases ask for: each part of this container, by its name
    claims = providers.Singleton(
        Claims, providers.Callable(derive_key, own.tokens.secret, "idempotency")
    )
    credentials = database.provided.credentials
    cursors = providers.Singleton(
        Cursors, providers.Callable(derive_key, own.tokens.secret, "cursors")
    )
    issuer = providers.Singleton(
        TokenIssuer, tokens=tokens, ids=ids, access_ttl=own.tokens.access_ttl
    )
    lifetimes = providers.Singleton(
        Lifetimes, ttl=own.tokens.refresh_ttl, grace=own.tokens.refresh_grace
    )
    open_session = providers.Singleton(
        SessionOpener, issuer=issuer, ids=ids, secrets=secrets, refresh_ttl=own.tokens.refresh_ttl
    )
    to_ascii = providers.Object(to_ascii)
    unit_of_work = units
    check_strength = _built(PasswordStrength, vars())
    reauthenticate = _built(Reauthentication, vars())
    registered_before = _built(RepeatedRegistration, vars())
    use_cases = providers.Singleton(
        UseCases,
        **_wired(HANDLERS, vars(), retry),
        check_readiness=providers.Singleton(
            CheckReadinessHandler, required=providers.List(database), optional=providers.List(cache)
        ),
    )
    opened = providers.List(database, probe, open_cache, hasher, breaches)
    """What has a life of its own, in the order in which it is opened."""


def load(environ: Mapping[str, str] | None = None) -> environment.Loaded:
    """Read the environment, and `.env` in development; raises InvalidSettings."""
    return environment.load_settings(os.environ if environ is None else environ, dotenv=DOTENV)


def describe() -> tuple[Variable, ...]:
    """Tell how each variable is set, secrets redacted."""
    described = environment.describe(os.environ, dotenv=DOTENV)
    return tuple(Variable(name=v.name, value=v.value, source=v.source) for v in described)


def configure_logs(settings: Settings) -> None:
    """Give the log of this process the configured level and form."""
    from adapters.telemetry.logs import configure

    configure(settings.log)


def build(settings: Settings) -> Container:
    """Build everything unopened; raises InvalidSettings with what is wrong in every URL."""
    container = Container(settings=settings)
    problems: list[str] = []
    for part in (container.storage, container.cache, container.hasher, container.policy):
        try:
            part()
        except InvalidSettings as wrong:
            problems += wrong.problems
    if problems:
        raise InvalidSettings(tuple(problems))
    return container


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[UseCases]:
    """Open what has to be open, give the use cases, and close it again in reverse."""
    async with opened(build(settings)) as use_cases:
        yield use_cases


@asynccontextmanager
async def opened(container: Container) -> AsyncIterator[UseCases]:
    """Do what `running` does, with a container that is in hand."""
    use_cases = container.use_cases()
    async with AsyncExitStack() as stack:
        for part in container.opened():
            await part.open()
            stack.push_async_callback(part.close)
        yield use_cases


def migrations(settings: Settings) -> Migrations:
    """Give the migrations of the configured database; takes a second to import."""
    from adapters.migrations.configured import ConfiguredMigrations

    return ConfiguredMigrations(settings.database.url)


def prepare_embedded(settings: Settings) -> None:
    """Bring the embedded default database up to date; any other is its operator's business.

    In a process of its own, so that the server never carries what only migrations need.
    """
    if settings.database.is_default:
        from adapters.migrations.embedded import prepare

        prepare(settings.database.url)
