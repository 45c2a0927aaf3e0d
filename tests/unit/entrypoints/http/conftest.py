"""An application whose routes do what each test needs, called without sockets."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, Any, Literal, cast
from uuid import UUID

import httpx
import pytest
from litestar import Router, get, post
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import Struct

from application.actor import Account
from application.health.check_readiness import CheckReadiness, CheckResult, Readiness
from application.limits.limit_call import LimitCall
from application.ports.rate_limiter import Ruling
from application.session.authenticate import Authenticate
from application.use_cases import UseCases
from domain.errors import DomainError
from domain.session.errors import TokenExpired
from domain.user.errors import UserAlreadyExists
from entrypoints.http import app as http_app
from entrypoints.http.answers import Success
from entrypoints.http.guards import authenticated, public
from entrypoints.http.refusals import Transport
from entrypoints.http.request import ApiRequest
from entrypoints.http.route_rules import rules
from entrypoints.http.routes.all import ROUTES

ACCOUNT = Account(user_id=UUID(int=1), session_id=UUID(int=2), roles=frozenset())


class Address(Struct, frozen=True):
    city: str
    zip: int


class NewThing(Struct, frozen=True, kw_only=True):
    """A thing to be."""

    name: str
    count: int
    note: str | None = None
    address: Address | None = None


@dataclass
class World:
    """What the use cases do; a test changes it before it calls."""

    readiness: Readiness = field(default_factory=lambda: Readiness(()))
    failure: Exception | None = None
    asked: list[str] = field(default_factory=list)

    async def check_readiness(self, _: CheckReadiness) -> Readiness:
        return self.readiness

    async def limit_call(self, command: LimitCall) -> Ruling:
        if command.access_token == "expired":
            raise TokenExpired
        return Ruling(())

    async def authenticate(self, command: Authenticate) -> Account:
        self.asked.append(command.access_token)
        if command.access_token == "expired":
            raise TokenExpired
        return ACCOUNT


def routes(world: World) -> Router:
    @post("/things", tags=["Things"], **rules(public, UserAlreadyExists))
    async def make_thing(data: JSONBody[NewThing]) -> Success[NewThing]:
        """Make a `thing`."""
        return Success(data=data)

    @post("/own-things", tags=["Things"], before_request=authenticated)
    async def make_own_thing(request: ApiRequest, data: JSONBody[NewThing]) -> Success[str]:
        return Success(data=f"{data.name} of {request.caller.user_id}")

    @get("/things", tags=["Things"])
    async def list_things(
        limit: Annotated[int, QueryParameter(ge=1, le=100, description="How many.")] = 20,
        state_: Annotated[Literal["new", "old"] | None, QueryParameter(name="state")] = None,
    ) -> Success[list[NewThing]]:
        return Success(data=[])

    @get("/things/{id:str}", tags=["Things"])
    async def get_thing(id: FromPath[UUID]) -> Success[str]:
        return Success(data=str(id))

    @get("/failing", tags=["Things"])
    async def fail() -> Success[str]:
        raise world.failure or DomainError

    handlers = [make_thing, make_own_thing, list_things, get_thing, fail]
    return Router("/api/v1", route_handlers=handlers)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def app(world: World, monkeypatch: pytest.MonkeyPatch) -> http_app.HttpApi:
    monkeypatch.setattr(http_app, "ROUTES", (*ROUTES, routes(world)))
    return http_app.create_app(cast("UseCases", world))


def app_over(transport: Transport) -> http_app.HttpApi:
    """The service as it is, behind `transport`, with nobody who could do anything."""
    return http_app.create_app(cast("UseCases", World()), transport=transport)


def call(app: object) -> httpx.AsyncClient:
    """A client of `app`; an exception that leaves it is the server's to see."""
    transport = httpx.ASGITransport(cast("Callable[..., Any]", app), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://service")


@pytest.fixture
async def client(app: http_app.HttpApi) -> AsyncIterator[httpx.AsyncClient]:
    async with call(app) as client:
        yield client


def failing_check(*, is_required: bool) -> Readiness:
    latency = timedelta(milliseconds=1.5)
    return Readiness(
        (CheckResult(name="cache", is_up=False, is_required=is_required, latency=latency),)
    )
