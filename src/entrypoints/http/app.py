"""The Litestar application: routes, middleware, state."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from functools import cached_property
from typing import cast

from litestar import Litestar
from litestar.datastructures import State
from litestar.plugins import PluginProtocol
from litestar.plugins.core import MsgspecDIPlugin
from litestar.routes import HTTPRoute
from litestar.types import (
    ASGIApp,
    ExceptionHandler,
    LifeSpanReceive,
    LifeSpanScope,
    LifeSpanSend,
    Receive,
    Scope,
    Send,
)

from application.limits.groups import DEFAULTS, Limits
from application.telemetry import Telemetry
from application.use_cases import UseCases
from entrypoints.http.browser.cookie_sessions import CookieSessions
from entrypoints.http.drain import Drain
from entrypoints.http.failures import handle_exception
from entrypoints.http.guards import public
from entrypoints.http.json_answer import JsonAnswer
from entrypoints.http.middleware.deadline import DeadlineMiddleware
from entrypoints.http.middleware.drain import DrainMiddleware
from entrypoints.http.middleware.drain_body import DrainBodyMiddleware
from entrypoints.http.middleware.limits import LimitsMiddleware
from entrypoints.http.middleware.methods import Allowed, MethodsMiddleware
from entrypoints.http.middleware.query import QueryMiddleware
from entrypoints.http.middleware_stack import Transport, over
from entrypoints.http.rate_limits import RouteLimits
from entrypoints.http.readiness import SharedReadiness
from entrypoints.http.request import MAX_BODY, ApiRequest
from entrypoints.http.routes.all import ROUTES

Lifespan = Callable[[Litestar], AbstractAsyncContextManager[None]]


class HttpApi(Litestar):
    """Litestar with layers of our own around all of it.

    The framework runs its middleware inside a route, so a 404 would pass none of them.
    """

    @staticmethod
    def _get_default_plugins(plugins: list[PluginProtocol]) -> list[PluginProtocol]:
        # The framework's own choice imports pydantic and attrs wherever something else installed
        # them: half a second and 20 MiB for types that no route has.
        return [*plugins, MsgspecDIPlugin()]

    @cached_property
    def _layers(self) -> ASGIApp:
        routed = MethodsMiddleware(super().__call__, lambda: self._allowed)
        in_time = DeadlineMiddleware(DrainBodyMiddleware(QueryMiddleware(routed)))
        limited = LimitsMiddleware(in_time, lambda: self.limits, self.state)
        called = over(limited, self.state.transport, self.state.patience, self.state.telemetry)
        return DrainMiddleware(called, self.state.drain)

    @cached_property
    def limits(self) -> RouteLimits:
        """How often each route may be called; raises InvalidSettings."""
        return RouteLimits(self.state.rate_limits, self.routes)

    @cached_property
    def _allowed(self) -> Allowed:
        methods: dict[str, set[str]] = {}
        for route in self.routes:
            if isinstance(route, HTTPRoute):
                methods.setdefault(route.path_format, set()).update(route.methods)
        for allowed in methods.values():
            allowed.update({"HEAD"} if "GET" in allowed else ())
        return {path: ", ".join(sorted(each)).encode() for path, each in methods.items()}

    async def __call__(
        self,
        scope: Scope | LifeSpanScope,
        receive: Receive | LifeSpanReceive,
        send: Send | LifeSpanSend,
    ) -> None:
        await self._layers(scope, receive, send)  # type: ignore[arg-type]  # as above


def create_app(
    use_cases: UseCases | None = None,
    *,
    request_timeout: timedelta | None = None,
    transport: Transport = Transport(),
    cookie_sessions: CookieSessions | None = None,
    rate_limits: Limits = DEFAULTS,
    telemetry: Telemetry | None = None,
    lifespan: Sequence[Lifespan] = (),
) -> HttpApi:
    """Build the application; nothing is opened before its lifespan begins.

    Use cases that have to be opened first come from a lifespan, which sets
    `app.state.use_cases`.
    """
    patience = None if request_timeout is None else request_timeout.total_seconds()
    return HttpApi(
        ROUTES,
        state=State(
            {
                "use_cases": use_cases,
                "cookie_sessions": cookie_sessions or CookieSessions(),
                "drain": Drain(),
                "readiness": SharedReadiness(),
                "patience": patience,
                "transport": transport,
                "rate_limits": rate_limits,
                "telemetry": telemetry,
            }
        ),
        lifespan=list(lifespan),
        request_class=ApiRequest,
        response_class=JsonAnswer,
        before_request=public,
        request_max_body_size=MAX_BODY,
        exception_handlers={Exception: cast("ExceptionHandler[Exception]", handle_exception)},
        # The description is made on demand, and served by routes of our own.
        openapi_config=None,
        logging_config=None,
        debug=False,
    )
