"""Error log of failed requests."""

import logging
from typing import Final, NamedTuple

from domain.errors import Category, DomainError
from entrypoints.http.errors import SERVER_ERRORS, status_of
from entrypoints.http.failure_log import causes_of, describe
from entrypoints.http.translation import is_unforeseen

logger: Final = logging.getLogger("armature.http")


class Failure(NamedTuple):
    """What is counted of an error: it alone outlives the response."""

    code: str
    category: Category


def log_failure(error: DomainError, cause: Exception, request_id: str) -> None:
    """Log a server error once: bugs with their traceback, outages with their context."""
    if status_of(error) < SERVER_ERRORS:
        return
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
