"""Rules of a route, declared in one place: guard, rate limits, body limit and errors.

    @post("/register", summary="Sign up", **rules(public, UserAlreadyExists, limits=REGISTER))

What follows from the route itself (its body, its guard, its parameters) is not repeated there.
"""

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final, TypedDict

from litestar.openapi.datastructures import ResponseSpec

from application.errors import (
    DatabaseFailure,
    DependencyUnavailable,
    InvalidInput,
    OperationTimedOut,
    RateLimitExceeded,
)
from application.limits.groups import API
from domain.errors import DomainError, ValidationFailed
from domain.session.errors import SessionRevoked, TokenExpired, TokenInvalid, Unauthorized
from entrypoints.http.answers import Fail, Fault
from entrypoints.http.errors.catalogue import (
    SERVER_ERRORS,
    HeadersTooLarge,
    HttpsRequired,
    PayloadTooLarge,
    RequestTooSlow,
    UnknownFraming,
    UnsupportedMediaType,
    UriTooLong,
    status_of,
)
from entrypoints.http.request import MAX_BODY

if TYPE_CHECKING:
    from litestar.types import BeforeRequestHookHandler

Catalogue = tuple[type[DomainError], ...]

BODY: Final[Catalogue] = (
    InvalidInput,
    UnknownFraming,
    RequestTooSlow,
    PayloadTooLarge,
    UnsupportedMediaType,
    ValidationFailed,
)
"""What can be wrong with a body."""

BEARER: Final[Catalogue] = (Unauthorized, TokenInvalid, TokenExpired, SessionRevoked)
"""What can be wrong with a bearer token."""

ALWAYS: Final[Catalogue] = (
    InvalidInput,
    HttpsRequired,
    UriTooLong,
    HeadersTooLarge,
    RateLimitExceeded,
    DomainError,
    DatabaseFailure,
    DependencyUnavailable,
    OperationTimedOut,
)
"""What can happen to every route that does something."""


@dataclass
class ErrorAnswers(ResponseSpec):
    """The errors that share one status."""

    errors: Catalogue = ()


class RouteRules(TypedDict):
    """Arguments of the framework's decorator for a route."""

    before_request: "BeforeRequestHookHandler"
    limits: str
    request_max_body_size: int
    responses: dict[int, ResponseSpec]


def rules(
    guard: "BeforeRequestHookHandler",
    *errors: type[DomainError],
    limits: str = API,
    max_body: int = MAX_BODY,
    unhealthy: ResponseSpec | None = None,
) -> RouteRules:
    """Declare a route's guard, its errors, its group of rate limits, and the bytes of its body.

    `unhealthy` describes a 503 that is no error of the catalogue.
    """
    responses = error_answers(*errors)
    return {
        "before_request": guard,
        "limits": limits,
        "request_max_body_size": max_body,
        "responses": responses if unhealthy is None else {503: unhealthy, **responses},
    }


def error_answers(*errors: type[DomainError]) -> dict[int, ResponseSpec]:
    """Group errors of the catalogue by their status."""
    listed = sorted(dict.fromkeys(errors), key=status_of)
    return {
        status: ErrorAnswers(
            data_container=Fault if status >= SERVER_ERRORS else Fail, errors=tuple(group)
        )
        for status, group in groupby(listed, status_of)
    }
