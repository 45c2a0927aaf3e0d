"""Worker process: builds the application and its lifespan."""

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
from entrypoints.http.cookies.sessions import CookieSessions
from entrypoints.http.refusals import Transport
from entrypoints.http.server.graceful_shutdown import graceful_shutdown
from entrypoints.http.server.process import Stop, toggle_debug_on_signal
from entrypoints.http.server.sockets import set_tcp_user_timeout
from entrypoints.http.server.start_report import Report, failure_of, send_report

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
                use_cases = await stack.enter_async_context(containers.serving(container))
                app.state.use_cases = use_cases
            except Exception as exc:  # noqa: BLE001 - whatever it is, this process cannot start
                _give_up(writer, exc)
            set_tcp_user_timeout(settings.http.header_timeout + settings.request_timeout)
            toggle_debug_on_signal(lambda: containers.toggle_debug(settings))
            await stack.enter_async_context(graceful_shutdown(app.state.drain, settings, stop))
            send_report(writer, None)
            yield

    containers.configure_logs(settings.log)
    try:
        container = containers.build(settings)
        app = create_app(
            request_timeout=settings.request_timeout,
            transport=Transport.of(settings),
            cookie_sessions=CookieSessions.of(settings, settings.http.cors_origins),
            rate_limits=settings.rate_limits.limits,
            telemetry=containers.telemetry_of(container),
            lifespan=[opened],
        )
    except Exception as exc:  # noqa: BLE001 - whatever it is, this process cannot start
        _give_up(writer, exc)
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
