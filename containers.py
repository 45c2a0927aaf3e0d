"""Composition root: settings -> adapters -> policies -> use cases.

The one place that knows every part. A driver asks it for `running(settings)` and sees nothing
but use cases.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import (
    AbstractContextManager,
    AsyncExitStack,
    asynccontextmanager,
    contextmanager,
    nullcontext,
    suppress,
)
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from dependency_injector import containers, providers

from adapters.caching.cached_session_reader import CachedSessionReader
from adapters.caching.cached_user_reader import build_cached_user_reader
from adapters.caching.instrumented_cache import InstrumentedCache
from adapters.config import environment
from adapters.config.adapters import ADAPTERS, find_adapter
from adapters.config.guessable import is_guessable
from adapters.config.sources import secret_files, secrets_at_hand
from adapters.config.urls import redact
from adapters.idna.encoder import to_ascii
from adapters.jwt import factory as jwt
from adapters.jwt.tokens import JwtAccessTokens
from adapters.memory.fakes import KnownBreaches
from adapters.memory.meter import NullMeter
from adapters.memory.rate_limiter import MemoryRateLimiter
from adapters.memory.tracer import NullTracer
from adapters.msgspec.message_pack import MessagePack
from adapters.nh3.cleaner import Nh3HtmlCleaner
from adapters.resilience.instrumented_hasher import InstrumentedPasswordHasher
from adapters.resilience.instrumented_rate_limiter import InstrumentedRateLimiter
from adapters.resilience.logged_operations import (
    LoggedInspection,
    LoggedMigrations,
    LoggedSigningKeyStore,
    logged,
)
from adapters.resilience.periodic import Periodic
from adapters.resilience.presets import database_breaker, database_retry
from adapters.resilience.probe import Probe
from adapters.resilience.sampler import Sampler
from adapters.resilience.stacks import open_breaches, open_cache, open_limiter
from adapters.resilience.use_case import build_use_cases
from adapters.resilience.wait_until_available import await_server
from adapters.system.in_process_event_publisher import InProcessEventPublisher
from adapters.system.machine import SystemMachine
from adapters.system.time_and_identity import SystemClock, SystemSecrets, UuidV7Generator
from adapters.telemetry import exposition, otel_variables
from adapters.telemetry.access_log import log_access
from adapters.telemetry.event_logger import EventLogger
from adapters.telemetry.factory import create_meter, create_tracer
from adapters.telemetry.limits import memory_limit
from adapters.telemetry.queries import QueryInstrumentation
from adapters.telemetry.resilience_log import CircuitLog, ResilienceLog
from adapters.telemetry.steps import log_step
from application.audit.entries import AuditedEvents, AuditEntries
from application.audit.failures import FLUSH
from application.doctor.configuration import as_production as in_production
from application.doctor.configuration import diagnose
from application.doctor.dependencies import Connection, reach
from application.doctor.examine import ExamineHandler
from application.errors import DependencyUnavailable
from application.handlers import Assembly
from application.health.check_readiness import CheckReadinessHandler
from application.idempotency import IdempotencyKeys
from application.invalid_settings import InvalidSettings
from application.keys import derive_key
from application.pagination import Cursors
from application.ports.active_users import ActiveUsers
from application.ports.cache import Cache
from application.ports.call_guard import CallGuard, Unguarded
from application.ports.database import Database
from application.ports.database_inspection import DatabaseInspection
from application.ports.meter import Meter
from application.ports.migrations import Migrations
from application.ports.password_hasher import PasswordHasher
from application.ports.rate_limiter import RateLimiter
from application.ports.session_reader import SESSION_READER
from application.ports.signing_key_store import SigningKeyStore
from application.ports.tracer import Tracer
from application.settings import DescribedVariable, LogSettings, Settings
from application.signing.key_upkeep import KeyUpkeep, upkeep_of
from application.telemetry import Telemetry
from application.url import split_url
from application.use_cases import UseCases
from application.user.views import UserView
from application.version import VERSION
from domain.session.session import Lifetimes
from domain.user.password_policy import PasswordPolicy

if TYPE_CHECKING:
    from adapters.resilience.breaker import Breaker

DOTENV = Path(".env")


def _adapter(role: str, variable: str, url: str, settings: Settings) -> Any:  # noqa: ANN401 - what it is, its provider says
    return find_adapter(role, url, variable, ADAPTERS[role])(url, settings)


def _breach_api(settings: Settings, tracer: Tracer) -> Any:  # noqa: ANN401 - a lazy import
    url = settings.passwords.breaches_url
    if url is None:
        return KnownBreaches()
    from adapters.hibp import range_api

    return range_api.create(url, settings, tracer.headers)


def _meter() -> Meter:
    return create_meter() or NullMeter()


def _tracer(meter: Meter) -> Tracer:
    return create_tracer(meter) or NullTracer()


def _attached(
    database: Database, settings: Settings, guard: CallGuard, meter: Meter, tracer: Tracer
) -> Database:
    system = split_url(settings.database.url).scheme
    instrument = QueryInstrumentation(meter, tracer, system, settings.log.slow_query)
    database.attach(guard=guard, instrument=instrument)
    return database


def _probe(breaker: "Breaker | Unguarded", database: Database) -> Probe | None:
    return None if isinstance(breaker, Unguarded) else Probe(breaker, database)


def _observed_cache(cache: Cache, meter: Meter, tracer: Tracer, settings: Settings) -> Cache:
    return InstrumentedCache(cache, meter, tracer, split_url(settings.cache_url).scheme)


def _active(url: str, settings: Settings) -> ActiveUsers:
    """Count active users where processes share a cache, or else in each for itself."""
    schemes = ADAPTERS["active_users"]
    known = url if split_url(url).scheme in schemes else "memory://"
    create = find_adapter("active_users", known, "CACHE_URL", schemes)
    return cast("ActiveUsers", create(known, settings))


class Container(containers.DeclarativeContainer):
    """Every part as a singleton, built unopened; `running` opens and closes what needs it."""

    settings = providers.Dependency(instance_of=Settings)
    own = settings.provided
    key_for = partial(providers.Callable, derive_key, own.tokens.secret)

    # Telemetry
    meter = providers.Singleton(_meter)
    tracer: providers.Singleton[Tracer] = providers.Singleton(_tracer, meter)
    resilience_log = providers.Singleton(ResilienceLog, meter)
    circuits = providers.List(providers.Singleton(CircuitLog, meter))
    telemetry = providers.Singleton(
        Telemetry, meter=meter, tracer=tracer, log=providers.Object(log_access)
    )

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
    rate_limiter: providers.Singleton[RateLimiter] = providers.Singleton(
        _adapter, "rate_limiter", "RATE_LIMIT_URL", own.rate_limits.url, settings
    )
    password_hasher: providers.Singleton[PasswordHasher] = providers.Singleton(
        _adapter, "password_hasher", "PASSWORD_HASHER", own.passwords.hasher, settings
    )
    policy: providers.Singleton[PasswordPolicy] = providers.Singleton(
        _adapter, "password_policy", "PASSWORD_POLICY", own.passwords.policy, settings
    )
    keys = providers.Singleton(jwt.create_keys, settings)
    tokens = providers.Singleton(JwtAccessTokens, own.tokens, keys)
    html_cleaner = providers.Singleton(Nh3HtmlCleaner)

    # Policies
    breaker = providers.Singleton(database_breaker, circuits)
    database: providers.Singleton[Database] = providers.Singleton(
        _attached, storage, settings, breaker, meter, tracer
    )
    probe = providers.Singleton(_probe, breaker, database)
    retry = providers.Singleton(database_retry, resilience_log.provided.trying_again)
    hasher = providers.Singleton(InstrumentedPasswordHasher, password_hasher, meter, tracer)
    open_cache = providers.Singleton(
        _observed_cache,
        providers.Singleton(open_cache, cache, circuits, resilience_log.provided.failed_open),
        meter,
        tracer,
        settings,
    )
    limiter = providers.Singleton(
        InstrumentedRateLimiter,
        providers.Singleton(
            open_limiter,
            rate_limiter,
            providers.Singleton(MemoryRateLimiter),
            circuits,
            resilience_log.provided.failed_open,
        ),
        meter,
        tracer,
    )
    breach_api = providers.Singleton(_breach_api, settings, tracer)
    breaches = providers.Singleton(
        open_breaches, breach_api, circuits, resilience_log.provided.failed_open
    )
    views = providers.Singleton(MessagePack, UserView)
    users = providers.Singleton(
        build_cached_user_reader,
        database,
        open_cache,
        views,
        settings,
        mac_key=key_for("cache entries"),
        on_invalid=resilience_log.provided.failed_open,
    )
    sessions = providers.Singleton(
        CachedSessionReader, database.provided.reader.call(SESSION_READER)
    )
    event_logger = providers.Singleton(EventLogger, meter)
    events = providers.Singleton(
        InProcessEventPublisher,
        users.provided.handle,
        sessions.provided.handle,
        event_logger.provided.handle,
    )
    active = providers.Singleton(_active, own.cache_url, settings)
    sampler = providers.Singleton(
        Sampler,
        meter,
        database=database,
        hasher=password_hasher,
        active=active,
        failed_open=providers.Callable(ResilienceLog.without, resilience_log, "active users"),
    )
    entries = providers.Singleton(AuditEntries, ids=ids)
    recorder = providers.Singleton(AuditedEvents, entries=entries, publisher=events)
    unit_of_work = providers.Singleton(partial, database.provided.unit_of_work, recorder)

    assembly = providers.Singleton(
        Assembly,
        providers.Dict(
            # Ports
            breaches=breaches,
            clock=clock,
            events=events,
            hasher=hasher,
            html_cleaner=html_cleaner,
            ids=ids,
            limiter=limiter,
            policy=policy,
            published_keys=keys,
            secrets=secrets,
            sessions=sessions,
            to_ascii=providers.Object(to_ascii),
            tokens=tokens,
            unit_of_work=unit_of_work,
            users=users,
            # Settings
            access_ttl=own.tokens.access_ttl,
            audit_retention=own.audit_retention,
            known_roles=own.roles,
            limits=own.rate_limits.limits,
            lifetimes=providers.Singleton(
                Lifetimes,
                ttl=own.tokens.refresh_ttl,
                grace=own.tokens.refresh_grace,
                longest=own.tokens.session_max_lifetime,
            ),
            sessions_per_user=own.tokens.sessions_per_user,
            # Keys
            address_key=key_for("audit addresses"),
            claims=providers.Singleton(IdempotencyKeys, key_for("idempotency")),
            cursors=providers.Singleton(Cursors, key_for("cursors")),
            device_key=key_for("known devices"),
            entries=entries,
            guess_key=key_for("password-guesses"),
        ),
        database,
    )
    """Every part that a handler may have, by the name of its field."""
    failures = assembly.provided.part.call("failures")
    use_cases = providers.Singleton(
        build_use_cases,
        assembly,
        retry,
        tracer,
        active,
        providers.Singleton(
            CheckReadinessHandler,
            required=providers.List(database),
            optional=providers.List(cache, rate_limiter),
        ),
    )
    failure_flush = providers.Singleton(
        Periodic,
        "flush",
        failures.provided.flush,
        FLUSH,
        providers.Callable(ResilienceLog.without, resilience_log, "audit trail"),
    )
    opened = providers.List(
        *(database, probe, open_cache, limiter, hasher, breaches, active, sampler, failure_flush)
    )
    """What has a life of its own, in the order in which it is opened."""


def load(environ: Mapping[str, str] | None = None) -> environment.Loaded:
    """Read the environment, and `.env` in development; raises InvalidSettings."""
    environ = os.environ if environ is None else environ
    loaded = environment.load_settings(
        environ, dotenv=DOTENV, others=otel_variables.problems(environ)
    )
    return replace(loaded, warnings=(*loaded.warnings, *jwt.warnings(loaded.settings)))


def describe() -> tuple[DescribedVariable, ...]:
    """Describe how each variable is set, with secrets redacted."""
    return environment.describe(os.environ, dotenv=DOTENV)


def configure_logs(settings: LogSettings) -> None:
    """Give the log of this process the configured level and form."""
    from adapters.telemetry.logs import configure

    configure(settings)


__all__ = ["log_step"]


def toggle_debug(settings: Settings) -> str:
    """Turn debug lines of this process on or off again; gives the level from now on."""
    from adapters.telemetry.logs import toggle_debug

    return toggle_debug(settings.log)


def sharing_metrics(settings: Settings) -> AbstractContextManager[None]:
    """Let this process and those that it starts measure together, unless `METRICS_PORT` is 0."""
    return exposition.folder() if settings.http.metrics_port else nullcontext()


def expose_metrics(host: str, port: int, processes: exposition.Processes) -> None:
    """Serve `/metrics` for all of them, from a thread; raises OSError."""
    exposition.expose(host, port, VERSION, processes)


def build(settings: Settings) -> Container:
    """Build everything unopened; raises InvalidSettings with what is wrong in every URL."""
    container = Container(settings=settings)
    problems: list[str] = []
    adapters = (container.storage, container.cache, container.rate_limiter)
    for part in (*adapters, container.password_hasher, container.policy, container.keys):
        try:
            part()
        except InvalidSettings as wrong:
            problems += wrong.problems
    if problems:
        raise InvalidSettings(settings.attribute(problems))
    return container


@asynccontextmanager
async def running(settings: Settings, tracer: Tracer | None = None) -> AsyncIterator[UseCases]:
    """Open what has to be open, give the use cases, and close it again in reverse.

    `tracer` has the span that all of it is a part of.
    """
    container = build(settings)
    # A command gets no circuit breaker, and so does not import aiobreaker.
    container.circuits.override(providers.Object(None))
    if tracer is not None:
        container.tracer.override(providers.Object(tracer))
    async with opened(container) as use_cases:
        yield use_cases


@asynccontextmanager
async def opened(container: Container) -> AsyncIterator[UseCases]:
    """Do what `running` does, with a container that is in hand."""
    use_cases = container.use_cases()
    async with AsyncExitStack() as stack:
        for part in filter(None, container.opened()):
            await part.open()
            stack.push_async_callback(part.close)
        yield use_cases


def key_upkeep(settings: Settings) -> KeyUpkeep:
    """Give what is done to the file of signing keys; raises InvalidSettings where none is named."""
    return upkeep_of(_key_store(settings), SystemClock(), settings.tokens.access_ttl)


def _key_store(settings: Settings) -> SigningKeyStore:
    return LoggedSigningKeyStore(jwt.create_store(settings), log_step, str(settings.tokens.keys))


@asynccontextmanager
async def serving(container: Container) -> AsyncIterator[UseCases]:
    """Do what `opened` does, with a log queue.

    What is left of spans and lines is sent when all is closed.
    """
    from adapters.telemetry.logs import queued

    with queued(container.meter()):
        try:
            async with opened(container) as use_cases:
                yield use_cases
        finally:
            await container.tracer().close()


def telemetry_of(container: Container) -> Telemetry:
    """Give what the driver tells of its calls to."""
    return container.telemetry()


def migrations(settings: Settings) -> Migrations:
    """Give the migrations of the configured database; raises InvalidSettings for its address."""
    url = settings.database.url
    # What the address cannot mean is told as `serve` tells it.
    if split_url(url).scheme in ADAPTERS["inspection"]:
        find_adapter("inspection", url, "DATABASE_URL", ADAPTERS["inspection"])(url, settings)
    return _migrations(settings)


def _migrations(settings: Settings) -> Migrations:
    from adapters.migrations.configured import ConfiguredMigrations

    url = settings.database.url
    return LoggedMigrations(ConfiguredMigrations(url), log_step, redact(url))


def await_database(settings: Settings, on_wait: Callable[[DependencyUnavailable], None]) -> None:
    """Wait until the server of the database answers, or raise DependencyUnavailable.

    Files and memory are there or not, so nobody waits for them. `on_wait` is called once, when
    there is a wait.
    """
    if (inspection := _inspection(settings)) is not None and settings.startup_timeout:
        asyncio.run(await_server(inspection, settings.startup_timeout, on_wait))


def prepare_embedded(settings: Settings) -> None:
    """Bring the embedded default database up to date; any other is its operator's business.

    In a process of its own, so that the server never carries what only migrations need.
    """
    if settings.database.is_default:
        from adapters.migrations.embedded import prepare

        prepare(settings.database.url)


@contextmanager
def tracing(name: str) -> Iterator[Tracer]:
    """Trace a short-lived process as a whole; what is left is sent when it ends, or dropped."""
    # Wrong variables are reported by whoever reads the configuration.
    is_right = not otel_variables.problems(os.environ)
    tracer = (create_tracer(NullMeter()) if is_right else None) or NullTracer()
    try:
        with tracer.span(name):
            yield tracer
    finally:
        asyncio.run(tracer.close())


def doctor(*trials: Callable[[Settings], object], as_production: bool) -> ExamineHandler:
    """Give who examines the service; `trials` raise InvalidSettings for what we cannot know."""

    def read(environ: Mapping[str, str]) -> tuple[Settings, tuple[str, ...]]:
        loaded = load(environ)
        return loaded.settings, loaded.warnings

    environ = in_production(os.environ) if as_production else os.environ
    found = diagnose(environ, read, (build, *trials))
    parts: dict[str, Any] = {}
    if (settings := found.settings) is not None:
        inspection = _inspection(settings)
        url = redact(settings.database.url)
        parts = {
            "inspection": inspection and LoggedInspection(inspection, log_step, url),
            "connections": tuple(_connections(settings, has_database=inspection is not None)),
            "head": _migrations(settings).head(),
            "keys": _key_store(settings) if settings.tokens.keys else None,
        }
    return ExamineHandler(
        configuration=found,
        machine=SystemMachine(memory_limit),
        clock=SystemClock(),
        is_guessable=is_guessable,
        secrets=secret_files(environ, dotenv=DOTENV),
        at_hand=secrets_at_hand(environ, DOTENV),
        **parts,
    )


def _inspection(settings: Settings) -> DatabaseInspection | None:
    """Give what looks at the database; None where that is of others' making, or is a problem."""
    url = settings.database.url
    with suppress(InvalidSettings):
        create = find_adapter("inspection", url, "DATABASE_URL", ADAPTERS["inspection"])
        return cast("DatabaseInspection", create(url, settings))
    return None


def _connections(settings: Settings, *, has_database: bool) -> Iterator[Connection]:
    """Give every dependency elsewhere; what cannot be built is a problem of the configuration."""
    container = Container(settings=settings)
    parts: list[tuple[str, Callable[[], Any], str | None]] = [
        ("database", container.storage, None if has_database else settings.database.url),
        ("cache", container.cache, settings.cache_url),
        ("rate limiter", container.rate_limiter, settings.rate_limits.url),
        ("breach check", container.breach_api, settings.passwords.breaches_url),
    ]
    for name, part, url in parts:
        with suppress(InvalidSettings):
            if url is None or not getattr(part(), "is_shared", True):
                continue
            ask = logged(f"ask the {name}, {redact(url)}", partial(reach, part), log_step)
            yield Connection(name=name, ask=ask, is_required=name == "database")
