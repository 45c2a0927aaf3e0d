"""Exception handler of the HTTP API."""

import logging
from typing import Final, NamedTuple

from litestar import Response
from litestar.types import Scope

from application.context import call_context
from domain.errors import Category, DomainError
from entrypoints.http.authentication import token_was_given
from entrypoints.http.error_answers import Asked, answer_error
from entrypoints.http.errors import SERVER_ERRORS, status_of
from entrypoints.http.failure_log import causes_of, describe
from entrypoints.http.request import ApiRequest
from entrypoints.http.translation import is_unforeseen, to_domain_error

logger: Final = logging.getLogger("armature.http")
_FAILURE: Final = "armature.failure"


class Failure(NamedTuple):
    """What can be counted of an error."""

    code: str
    category: Category


def handle_exception(request: ApiRequest, exc: Exception) -> Response[bytes]:
    """The application's one exception handler."""
    error = to_domain_error(exc)
    note_failure(request.scope, error)
    log_failure(error, exc)
    answer = answer_error(
        error,
        Asked(
            request_id=call_context.get().request_id,
            accept=", ".join(request.headers.getall("accept", [])),
            token_given=token_was_given(request),
        ),
    )
    return Response(
        answer.body,
        status_code=answer.status,
        media_type=answer.media_type,
        headers=answer.headers,
    )


def note_failure(scope: Scope, error: DomainError) -> None:
    """Let whoever counts errors find which one this request is answered with.

    The error itself would keep its traceback alive, in a circle with the scope, and with that the
    body of the request: the HTTP server could not close a connection that still sends some.
    """
    scope.setdefault("state", {})[_FAILURE] = Failure(error.code, error.category)


def failure_of(scope: Scope) -> Failure | None:
    """Give what a request was answered with, if that was an error."""
    return scope.get("state", {}).get(_FAILURE)


def log_failure(error: DomainError, cause: Exception) -> None:
    """Log what is ours to mend, once: bugs with their traceback, outages with their context."""
    if status_of(error) < SERVER_ERRORS:
        return
    request_id = call_context.get().request_id
    extra = {
        "request_id": request_id,
        "code": error.code,
        "context": dict(error.full_context),
        "causes": causes_of(error, cause),
    }
    is_bug = is_unforeseen(error)
    logger.log(
        logging.ERROR if is_bug else logging.WARNING,
        "Request %s failed: %s",
        request_id,
        describe(error, cause),
        exc_info=cause if is_bug else None,
        extra=extra,
    )
