"""Runtime of commands: settings, container, use cases. Tests pass a fake."""

from __future__ import annotations

import logging
import os
import pwd
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from application.actor import Operator

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

    from application.doctor.examine import Examine
    from application.doctor.finding import Finding
    from application.ports.migrations import Migrations
    from application.ports.tracer import Tracer
    from application.settings import DescribedVariable, Settings
    from application.signing.key_upkeep import KeyUpkeep
    from application.use_case import UseCase
    from application.use_cases import UseCases


class Runtime:
    """Gets everything from `containers`, which is imported when it is first needed."""

    verbosity = 0
    """How often -v was given."""
    _tracer: Tracer | None = None

    @cached_property
    def _loaded(self) -> tuple[Settings, tuple[str, ...]]:
        import containers

        loaded = containers.load()
        return loaded.settings, loaded.warnings

    def override(self, variables: Mapping[str, str]) -> None:
        """Set options of the command line as environment variables, for child processes too.

        So they are validated together with the others.
        """
        for name, value in variables.items():
            os.environ[name] = value
            os.environ.pop(f"{name}_FILE", None)

    def settings(self) -> Settings:
        """Read the configuration; raises InvalidSettings."""
        return self._loaded[0]

    def check(self) -> None:
        """Read the configuration, and build all adapters unopened; raises InvalidSettings."""
        import containers
        from entrypoints.http.app import create_app

        self.print_warnings()
        with containers.log_step("read the configuration"):
            settings = self.settings()
        with containers.log_step("build every adapter, and open none"):
            containers.build(settings)
        with containers.log_step("look for the routes that RATE_LIMITS names"):
            create_app(rate_limits=settings.rate_limits.limits)

    def warnings(self) -> tuple[str, ...]:
        """Return warnings about valid but doubtful settings; raises InvalidSettings."""
        return self._loaded[1]

    def variables(self) -> tuple[DescribedVariable, ...]:
        """Return every variable, valid or not, without secrets."""
        import containers

        self.print_warnings()
        with containers.log_step("read every variable"):
            return containers.describe()

    def operator(self) -> Operator:
        """Return the system user, by uid: environment variables such as USER can be forged."""
        uid = os.getuid()
        try:
            return Operator(pwd.getpwuid(uid).pw_name)
        except KeyError:
            return Operator(f"uid {uid}")

    @contextmanager
    def traced(self, command: str) -> Iterator[None]:
        """Trace `command` as a span, if OpenTelemetry's variables name a collector."""
        if not any(name.startswith("OTEL_EXPORTER_OTLP_") for name in os.environ):
            yield
            return
        import containers

        if not self.verbosity:
            # Export errors do not concern the user of a command.
            logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
        with containers.tracing(command) as self._tracer:
            yield

    def configure_logs(self, settings: Settings) -> None:
        """Log warnings to stderr; more with -v."""
        import containers

        is_quieter = settings.log.level in {"error", "critical"}
        level = settings.log.level if not self.verbosity and is_quieter else self._level
        containers.configure_logs(replace(settings.log, level=level))

    def print_warnings(self) -> None:
        """Configure logs before the settings are read, or if they are invalid; only with -v."""
        import containers
        from application.settings import LogSettings

        if not self.verbosity:
            return
        form = {each.name: each.value for each in containers.describe()}["LOG_FORMAT"].lower()
        known = form if form == "json" else "console"
        containers.configure_logs(LogSettings(level=self._level, format=known))

    @property
    def _level(self) -> str:
        return ("warning", "info", "debug")[min(self.verbosity, 2)]

    @asynccontextmanager
    async def use_cases(self) -> AsyncIterator[UseCases]:
        """Open all adapters, and close them at the end."""
        import containers

        settings = self.settings()
        self.configure_logs(settings)
        containers.prepare_embedded(settings)
        async with containers.running(settings, self._tracer) as use_cases:
            yield use_cases

    def doctor(self, *, as_production: bool) -> UseCase[Examine, tuple[Finding, ...]]:
        """Return the use case of `doctor`; the configuration may be invalid."""
        import containers
        from entrypoints.http.app import create_app

        def routes(settings: Settings) -> None:
            create_app(rate_limits=settings.rate_limits.limits)

        self.print_warnings()
        with containers.log_step("read the configuration and try it out"):
            return containers.doctor(routes, as_production=as_production)

    def key_upkeep(self) -> KeyUpkeep:
        """Return the use cases of signing keys; raises InvalidSettings without a key file."""
        import containers

        self.print_warnings()
        return containers.key_upkeep(self.settings())

    def migrations(self) -> Migrations:
        import containers

        self.print_warnings()
        return containers.migrations(self.settings())

    def await_database(self) -> None:
        """Wait for the database server; raises DependencyUnavailable after STARTUP_TIMEOUT."""
        from entrypoints.waiting import await_database

        settings = self.settings()
        self.configure_logs(settings)
        await_database(settings)

    def serve(self) -> int:
        """Serve until a signal; returns the exit code."""
        import containers
        from entrypoints.http.server.serve import serve

        settings = self.settings()
        containers.prepare_embedded(settings)
        return serve(settings)

    def openapi_document(self) -> bytes:
        from entrypoints.http.app import openapi_document

        return openapi_document()
