"""A server process: the application around the use cases that it opens."""

import contextlib
import gc
import logging
import os
from collections.abc import AsyncIterator
from multiprocessing.connection import Connection
from typing import Final, NoReturn

from litestar import Litestar

from application.invalid_settings import InvalidSettings
from application.settings import Settings
from domain.errors import DomainError
from entrypoints.http.app import HttpApi, create_app
from entrypoints.http.browser.browsers import Browsers
from entrypoints.http.leaving import leaving
from entrypoints.http.listeners import hang_up_on_the_deaf
from entrypoints.http.rate_limits import RouteLimits
from entrypoints.http.reports import Report, failure_of, send_report
from entrypoints.http.signals import Stop, listen_for_debug
from entrypoints.http.transport import transport_of

logger: Final = logging.getLogger("armature.server")


def build_app(settings: Settings, writer: "Connection[Report, Report]", stop: Stop) -> HttpApi:
    """Build the application of one process; its use cases open with the ASGI lifespan.

    What prevents that is reported to the parent, which prints it, and ends the process.
    """
    import containers  # noqa: PLC0415 - drivers import it in bodies only

    @contextlib.asynccontextmanager
    async def opened(app: Litestar) -> AsyncIterator[None]:
        async with contextlib.AsyncExitStack() as stack:
            try:
                RouteLimits(settings.rate_limits.limits, app.routes)  # Refuses unknown routes.
                use_cases = await stack.enter_async_context(containers.serving(container))
                app.state.use_cases = use_cases
            except Exception as exc:  # noqa: BLE001 - whatever it is, this process cannot start
                _give_up(writer, exc)
            hang_up_on_the_deaf(settings.http.header_timeout + settings.request_timeout)
            listen_for_debug(lambda: containers.toggle_debug(settings))
            await stack.enter_async_context(leaving(app.state.drain, settings, stop))
            send_report(writer, None)
            yield

    containers.configure_logs(settings.log)
    try:
        container = containers.build(settings)
    except Exception as exc:  # noqa: BLE001 - whatever it is, this process cannot start
        _give_up(writer, exc)
    app = create_app(
        request_timeout=settings.request_timeout,
        transport=transport_of(settings),
        browsers=Browsers.of(settings, settings.http.cors_origins),
        rate_limits=settings.rate_limits.limits,
        telemetry=containers.telemetry_of(container),
        lifespan=[opened],
    )
    # What lives as long as the process need not be looked at by the collector again.
    gc.collect()
    gc.freeze()
    return app


def _give_up(writer: "Connection[Report, Report]", exc: Exception) -> NoReturn:
    """End at once: the task groups between here and Granian would wrap a SystemExit."""
    if not isinstance(exc, DomainError | InvalidSettings):
        logger.error("The start failed.", exc_info=exc)
    send_report(writer, failure_of(exc))
    os._exit(1)
