"""What is asked of a connection before anybody looks at the request on it."""

from dataclasses import dataclass

from litestar.types import ASGIApp

from application.settings import Environment, Network, Settings
from application.telemetry import Telemetry
from entrypoints.http.middleware.call import CallMiddleware
from entrypoints.http.middleware.client import ClientMiddleware
from entrypoints.http.middleware.cors import CorsMiddleware, PreflightMiddleware
from entrypoints.http.middleware.framing import FramingMiddleware
from entrypoints.http.middleware.head import HeadMiddleware
from entrypoints.http.middleware.host import HostMiddleware
from entrypoints.http.middleware.https import HttpsMiddleware
from entrypoints.http.middleware.last_resort import LastResortMiddleware
from entrypoints.http.middleware.observed import ObservedMiddleware


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
    """Put the layers of the transport around `app`, CallMiddleware in their midst.

    What is outside of it may refuse nothing: only within does a refusal become an answer.
    """
    inner = PreflightMiddleware(app, transport.origins) if transport.origins else app
    inner = HttpsMiddleware(inner) if transport.https_only else inner
    framed = FramingMiddleware(HostMiddleware(inner, transport.hosts))
    answered: ASGIApp = LastResortMiddleware(HeadMiddleware(framed))
    observed = answered if telemetry is None else ObservedMiddleware(answered, telemetry)
    called = CallMiddleware(observed, patience)
    read = CorsMiddleware(called, transport.origins) if transport.origins else called
    return ClientMiddleware(read, transport.proxies)
