"""Declared responses of a route.

    @post("/register", responses=answers(UserAlreadyExists, PasswordTooWeak))

What follows from the route itself (its body, its guard, its parameters) is not repeated there.
"""

from dataclasses import dataclass
from itertools import groupby
from typing import Final

from litestar.openapi.datastructures import ResponseSpec

from application.errors import (
    DatabaseFailure,
    DependencyUnavailable,
    InvalidInput,
    OperationTimedOut,
    RateLimitExceeded,
)
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


def answers(*errors: type[DomainError]) -> dict[int, ResponseSpec]:
    """Say which errors of the catalogue a route answers with, grouped by status."""
    listed = sorted(dict.fromkeys(errors), key=status_of)
    return {
        status: ErrorAnswers(
            data_container=Fault if status >= SERVER_ERRORS else Fail, errors=tuple(group)
        )
        for status, group in groupby(listed, status_of)
    }
