"""Middleware stack of the transport."""

from dataclasses import dataclass

from litestar.types import ASGIApp

from application.settings import Environment, Network, Settings
from application.telemetry import Telemetry
from entrypoints.http.middleware.client import ClientMiddleware
from entrypoints.http.middleware.cors import CorsMiddleware, PreflightMiddleware
from entrypoints.http.middleware.exceptions import ExceptionMiddleware
from entrypoints.http.middleware.framing import FramingMiddleware
from entrypoints.http.middleware.head import HeadMiddleware
from entrypoints.http.middleware.host import HostMiddleware
from entrypoints.http.middleware.https import HttpsMiddleware
from entrypoints.http.middleware.request_context import RequestContextMiddleware
from entrypoints.http.middleware.telemetry import TelemetryMiddleware


@dataclass(frozen=True, slots=True, kw_only=True)
class Transport:
    """Which hosts we answer to, whom we believe, who may read us, and whether only over HTTPS."""

    hosts: tuple[str, ...] = ()
    proxies: tuple[Network, ...] = ()
    origins: tuple[str, ...] = ()
    https_only: bool = False


def transport_of(settings: Settings) -> Transport:
    return Transport(
        hosts=settings.allowed_hosts,
        proxies=settings.http.trusted_proxies,
        origins=settings.http.cors_origins,
        https_only=settings.environment is Environment.PRODUCTION,
    )


def over(
    app: ASGIApp,
    transport: Transport,
    patience: float | None,
    telemetry: Telemetry | None = None,
) -> ASGIApp:
    """Put the layers of the transport around `app`, RequestContextMiddleware in their midst.

    What is outside of it may refuse nothing: only within does a refusal become an answer.
    """
    inner = PreflightMiddleware(app, transport.origins) if transport.origins else app
    inner = HttpsMiddleware(inner) if transport.https_only else inner
    framed = FramingMiddleware(HostMiddleware(inner, transport.hosts))
    answered: ASGIApp = ExceptionMiddleware(HeadMiddleware(framed))
    observed = answered if telemetry is None else TelemetryMiddleware(answered, telemetry)
    called = RequestContextMiddleware(observed, patience)
    read = CorsMiddleware(called, transport.origins) if transport.origins else called
    return ClientMiddleware(read, transport.proxies)
