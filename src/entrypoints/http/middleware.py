"""ASGI middleware around the framework: one layer for all that every HTTP exchange has.

The framework runs its own middleware inside a route, so a 404 would pass none of it.
"""

import asyncio
import logging
from collections.abc import Mapping
from typing import Final, cast

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from application.context import call_context
from application.metrics import HTTP_IN_FLIGHT
from application.telemetry import Telemetry
from entrypoints.http.client_address import TrustedProxies
from entrypoints.http.errors.catalogue import ClientDisconnected
from entrypoints.http.errors.handling import logger
from entrypoints.http.exchange import Exchange
from entrypoints.http.in_flight import Drain
from entrypoints.http.rate_limiting.limits import RouteLimits
from entrypoints.http.refusals import EarlyResponse, Transport, refusals
from entrypoints.http.request_telemetry import RequestTelemetry
from entrypoints.http.response_headers import Cors

server_logger: Final = logging.getLogger("armature.server")


class ExchangeMiddleware:
    """Refuses what need not be read, calls the application, and answers what it raises.

    In order: client address, call context, server span, refusals, application, exception handler,
    access log and metrics. Without `limits` no request is counted; `state` is that of the
    application; `allowed` are the methods of each path template.
    """

    def __init__(
        self,
        app: ASGIApp,
        transport: Transport = Transport(),
        *,
        timeout: float | None = None,
        drain: Drain | None = None,
        telemetry: Telemetry | None = None,
        limits: RouteLimits | None = None,
        state: Mapping[str, object] | None = None,
        allowed: Mapping[str, bytes] | None = None,
    ) -> None:
        self._app = app
        self._proxies = TrustedProxies(transport.proxies)
        self._refusals = refusals(transport)
        self._telemetry = None if telemetry is None else RequestTelemetry(telemetry)
        self.transport = transport
        self.cors = Cors(transport.origins) if transport.origins else None
        self.allowed = allowed or {}
        self.timeout = timeout
        self.drain = drain or Drain()
        self.limits = limits
        self.state = state or {}
        if telemetry is not None:
            self.drain.measure = telemetry.meter.bound(HTTP_IN_FLIGHT)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        self._proxies.resolve(scope)
        exchange = Exchange(self, scope, receive, send)
        token = call_context.set(exchange.context)
        self.drain.enter(exchange)
        try:
            if self._telemetry is None or not self._telemetry.tracer.is_on:
                await self._answer(exchange)
            else:
                with self._telemetry.span(exchange):
                    await self._answer(exchange)
        except asyncio.CancelledError:
            if not self.drain.is_cut:
                raise
            # The end of this task, and nothing that the HTTP server need report as a fault.
            server_logger.warning(
                "A request was broken off: it took longer than the service could wait."
            )
        finally:
            self.drain.exit(exchange)
            exchange.close()
            call_context.reset(token)

    async def _answer(self, exchange: Exchange) -> None:
        scope = cast("Scope", exchange.scope)
        try:
            try:
                for refuse in self._refusals:
                    refuse(exchange)
                await self._app(scope, exchange.receive, exchange.send)
            except EarlyResponse as early:
                await early.response(scope, exchange.receive, exchange.send)
            except Exception as exc:  # noqa: BLE001 - the exception handler of last resort
                await exchange.fail(exc)
        except asyncio.CancelledError:
            reason = None if exchange.watch is None else exchange.watch.reason()
            if reason is None:
                raise
            await self._abort(exchange, reason)
        finally:
            if self._telemetry is not None:
                self._telemetry.record(exchange)

    async def _abort(self, exchange: Exchange, reason: Exception) -> None:
        """Answer a request that was cancelled at its deadline; nobody waits after a disconnect."""
        if isinstance(reason, ClientDisconnected):
            logger.debug("Request %s: the caller went away.", exchange.request_id)
            return
        if exchange.watch is not None:
            exchange.watch.stop()
        exchange.discards_body = False
        await exchange.fail(reason)
