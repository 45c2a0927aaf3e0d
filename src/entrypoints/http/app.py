"""The Litestar application: routes, state, and the exchange middleware around it."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Any, cast

from litestar import Litestar
from litestar.datastructures import State
from litestar.plugins import PluginProtocol
from litestar.plugins.core import MsgspecDIPlugin
from litestar.routes import HTTPRoute
from litestar.types import (
    ExceptionHandler,
    LifeSpanReceive,
    LifeSpanScope,
    LifeSpanSend,
    Receive,
    Scope,
    Send,
)
from msgspec import json

from application.limits.groups import DEFAULTS, Limits
from application.telemetry import Telemetry
from application.use_cases import UseCases
from entrypoints.http.cookies.sessions import CookieSessions
from entrypoints.http.guards import public
from entrypoints.http.in_flight import Drain
from entrypoints.http.middleware import ExchangeMiddleware
from entrypoints.http.openapi.document import document
from entrypoints.http.openapi.operations import operations
from entrypoints.http.rate_limiting.limits import RouteLimits
from entrypoints.http.readiness import SharedReadiness
from entrypoints.http.refusals import Transport
from entrypoints.http.request import MAX_BODY, ApiRequest
from entrypoints.http.responses import EncodedResponse, JsonResponse
from entrypoints.http.routes.all import ROUTES

Lifespan = Callable[[Litestar], AbstractAsyncContextManager[None]]


class HttpApi(Litestar):
    """Litestar with the exchange middleware around all of it."""

    def __init__(
        self,
        transport: Transport,
        timeout: timedelta | None,
        rate_limits: Limits,
        telemetry: Telemetry | None,
        **options: Any,  # noqa: ANN401 - the framework's
    ) -> None:
        """Raise InvalidSettings where a rate limit names a route that does not exist."""
        super().__init__(**options)
        self.limits = RouteLimits(rate_limits, self.routes)
        self._exchanges = ExchangeMiddleware(
            super().__call__,
            transport,
            timeout=None if timeout is None else timeout.total_seconds(),
            drain=self.state.drain,
            telemetry=telemetry,
            limits=self.limits,
            state=self.state,
            allowed=self._allowed_methods(),
        )

    def __call__(
        self,
        scope: Scope | LifeSpanScope,
        receive: Receive | LifeSpanReceive,
        send: Send | LifeSpanSend,
    ) -> Coroutine[Any, Any, None]:
        return self._exchanges(scope, receive, send)  # type: ignore[arg-type]  # as above

    @staticmethod
    def _get_default_plugins(plugins: list[PluginProtocol]) -> list[PluginProtocol]:
        # The framework's own choice imports pydantic and attrs wherever something else installed
        # them: half a second and 20 MiB for types that no route has.
        return [*plugins, MsgspecDIPlugin()]

    def _allowed_methods(self) -> Mapping[str, bytes]:
        methods: dict[str, set[str]] = {}
        for route in self.routes:
            if isinstance(route, HTTPRoute):
                methods.setdefault(route.path_format, set()).update(route.methods)
        for allowed in methods.values():
            allowed.update({"HEAD"} if "GET" in allowed else ())
        return {path: ", ".join(sorted(each)).encode() for path, each in methods.items()}


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
    `app.state.use_cases`. Raises InvalidSettings for `rate_limits` of unknown routes.
    """
    return HttpApi(
        transport,
        request_timeout,
        rate_limits,
        telemetry,
        route_handlers=ROUTES,
        state=State(
            {
                "use_cases": use_cases,
                "cookie_sessions": cookie_sessions or CookieSessions(),
                "drain": Drain(),
                "readiness": SharedReadiness(),
            }
        ),
        lifespan=list(lifespan),
        request_class=ApiRequest,
        response_class=JsonResponse,
        before_request=public,
        request_max_body_size=MAX_BODY,
        exception_handlers={Exception: cast("ExceptionHandler[Exception]", _render)},
        # The description is made on demand, and served by routes of our own.
        openapi_config=None,
        logging_config=None,
        debug=False,
    )


def _render(request: ApiRequest, exc: Exception) -> EncodedResponse:
    """Render an exception inside of the framework as the middleware does outside."""
    return request.exchange.failure_response(exc)


def openapi_document() -> bytes:
    """Give what `/openapi.json` gives, indented for people; needs no running server."""
    return json.format(json.encode(document(tuple(operations(create_app())))), indent=2)
