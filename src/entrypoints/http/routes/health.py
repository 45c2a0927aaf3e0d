"""Liveness and readiness (health checks) for probes."""

from datetime import timedelta
from typing import Annotated, Literal

from litestar import Response, get
from litestar.openapi.datastructures import ResponseSpec
from msgspec import UNSET, Meta, Struct, UnsetType

from application.health.check_readiness import CheckResult, Readiness
from application.version import VERSION
from entrypoints.http.guards import public
from entrypoints.http.rate_limiting.limits import UNLIMITED
from entrypoints.http.readiness import is_local
from entrypoints.http.request import ApiRequest
from entrypoints.http.route_rules import rules


class Health(Struct, frozen=True):
    """The process serves."""

    status: Literal["healthy"] = "healthy"


class Check(Struct, frozen=True, kw_only=True):
    """One dependency."""

    name: Annotated[str, Meta(examples=["database"])]
    state: Annotated[Literal["up", "down"], Meta(examples=["up"])]
    required: bool
    latency_ms: float


class Ready(Struct, frozen=True, kw_only=True):
    """Whether what is needed is up. Only callers on the machine itself see more than that."""

    status: Annotated[Literal["ready", "not_ready", "draining"], Meta(examples=["ready"])]
    version: Annotated[str | UnsetType, Meta(examples=[VERSION])] = UNSET
    checks: list[Check] | UnsetType = UNSET


@get("/health", tags=["Health"], summary="Is the process up?", **rules(public, limits=UNLIMITED))
async def health() -> Health:
    """Answers 200 while the process serves."""
    return Health()


@get(
    "/health/live",
    tags=["Health"],
    summary="Should the process be restarted?",
    **rules(public, limits=UNLIMITED),
)
async def live() -> Health:
    """Touches no dependency, so an outage of one does not restart the service."""
    return Health()


@get(
    "/health/ready",
    tags=["Health"],
    summary="Should traffic come here?",
    **rules(
        public,
        limits=UNLIMITED,
        unhealthy=ResponseSpec(Ready, description="Something needed is down, or this stops."),
    ),
)
async def ready(request: ApiRequest) -> Response[Ready]:
    """Checks each dependency; 503 when one that is needed is down, or the service stops.

    They are checked at most once a second for all callers.
    """
    readiness = await request.readiness.ask(request.use_cases.check_readiness)
    # Asked last: the end may have begun while the dependencies answered.
    status = "draining" if request.is_draining else _status(readiness)
    body = Ready(status=status)
    if is_local(request.scope):
        checks = [_check(result) for result in readiness.checks]
        body = Ready(status=status, version=VERSION, checks=checks)
    if status == "ready":
        return Response(body)
    return Response(body, status_code=503, headers={"Retry-After": "1"})


def _status(readiness: Readiness) -> Literal["ready", "not_ready"]:
    return "ready" if readiness.is_ready else "not_ready"


def _check(result: CheckResult) -> Check:
    return Check(
        name=result.name,
        state="up" if result.is_up else "down",
        required=result.is_required,
        latency_ms=round(result.latency / timedelta(milliseconds=1), 3),
    )
