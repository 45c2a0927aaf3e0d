"""Renders errors: JSend and problem details (RFC 9457), with their headers."""

import math
from collections.abc import Iterator
from http import HTTPStatus
from typing import Final

from msgspec import json

from application.errors import RateLimitExceeded
from domain.errors import DomainError
from entrypoints.http.answers import Fail, FailData, Fault, FaultData, Problem, WrongField
from entrypoints.http.errors.catalogue import (
    SERVER_ERRORS,
    HttpError,
    MethodNotAllowed,
    UnsupportedMediaType,
    phrase_of,
    status_of,
)
from entrypoints.http.negotiation import JSON, PROBLEM, wants_problem
from entrypoints.http.rate_limiting.check import fields
from entrypoints.http.responses import EncodedResponse

REALM: Final = "armature"


def answer_error(
    error: DomainError, request_id: str, accept: str = "", *, token_given: bool = False
) -> EncodedResponse:
    """Render `error` as JSend, or as RFC 9457 where `Accept` prefers that."""
    status = status_of(error)
    as_problem = wants_problem(accept)
    body = json.encode((problem if as_problem else jsend)(error, request_id))
    headers = (
        *_headers(status, error, token_given=token_given),
        ("content-type", PROBLEM if as_problem else JSON),
        ("content-length", str(len(body))),
    )
    encoded = ((name.lower().encode(), value.encode("latin-1")) for name, value in headers)
    return EncodedResponse(status, body, *encoded)


def jsend(error: DomainError, request_id: str) -> Fail | Fault:
    """`fail` when the caller can mend it, `error` when only we can."""
    if status_of(error) >= SERVER_ERRORS:
        return Fault(message=error.message, data=FaultData(code=error.code, request_id=request_id))
    return Fail(
        data=FailData(
            code=error.code,
            message=error.message,
            errors=_wrong_fields(error),
            request_id=request_id,
        )
    )


def problem(error: DomainError, request_id: str) -> Problem:
    status = status_of(error)
    return Problem(
        title=phrase_of(status),
        status=status,
        detail=error.message,
        code=error.code,
        errors=_wrong_fields(error),
        request_id=request_id,
    )


def _wrong_fields(error: DomainError) -> list[WrongField]:
    return [WrongField(wrong.field, wrong.message) for wrong in error.errors]


def _headers(status: int, error: DomainError, *, token_given: bool) -> Iterator[tuple[str, str]]:
    # The same address answers in two shapes (RFC 9110 §12.5.5).
    yield "Vary", "Accept"
    if status == HTTPStatus.UNAUTHORIZED:
        yield "WWW-Authenticate", _challenge(error, token_given=token_given)
    if status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}:
        yield "Retry-After", _whole_seconds(getattr(error, "retry_after", None))
    if isinstance(error, HttpError) and error.closes:
        yield "Connection", "close"
    if isinstance(error, RateLimitExceeded):
        yield from fields(error.quotas)
    if isinstance(error, MethodNotAllowed):
        yield "Allow", ", ".join(error.allow)
    if isinstance(error, UnsupportedMediaType):
        yield "Accept", JSON


def _challenge(error: DomainError, *, token_given: bool) -> str:
    """RFC 6750 §3.1: without a token, no error code; with one, what is wrong with it."""
    if not token_given:
        return f'Bearer realm="{REALM}"'
    # error_description allows printable ASCII without quotes and backslashes.
    described = "".join(c for c in error.message if " " <= c <= "~" and c not in '"\\')
    return f'Bearer realm="{REALM}", error="invalid_token", error_description="{described}"'


def _whole_seconds(retry_after: object) -> str:
    """`Retry-After` in whole seconds (RFC 9110 §10.2.3), 1 at least."""
    seconds = retry_after if isinstance(retry_after, int | float) else 1
    return str(max(1, math.ceil(seconds)))
