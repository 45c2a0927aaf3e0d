"""Exception handler: translates exceptions to the catalogue, and logs server errors."""

import logging
from collections.abc import Iterator
from typing import Final, NamedTuple

from litestar.exceptions import HTTPException, MethodNotAllowedException, ValidationException

from application.errors import InvalidInput
from domain.errors import Category, DomainError, FieldError, Forbidden, ValidationFailed
from entrypoints.http.errors.catalogue import (
    SERVER_ERRORS,
    MethodNotAllowed,
    NotFound,
    PayloadTooLarge,
    UnsupportedMediaType,
    status_of,
)
from entrypoints.http.validation import readable

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


_BY_STATUS: dict[int, type[DomainError]] = {
    403: Forbidden,
    404: NotFound,
    413: PayloadTooLarge,
    415: UnsupportedMediaType,
}


def to_domain_error(exc: Exception) -> DomainError:
    """The catalogue's entry for `exc`; anything unforeseen is a plain INTERNAL_ERROR."""
    if isinstance(exc, DomainError):
        return exc
    if isinstance(exc, ValidationException):
        return ValidationFailed(errors=tuple(_field_errors(exc)))
    if isinstance(exc, MethodNotAllowedException):
        allowed = (exc.headers or {}).get("allow", "")
        return MethodNotAllowed(allow=_allowed(allowed))
    if isinstance(exc, HTTPException) and exc.status_code < SERVER_ERRORS:
        return _BY_STATUS.get(exc.status_code, InvalidInput)()
    return DomainError()


def is_unforeseen(error: DomainError) -> bool:
    """Whether an error is a bug, rather than the fault of a caller or a dependency."""
    return error.category is Category.INTERNAL


def _allowed(header: str) -> tuple[str, ...]:
    methods = {method for part in header.split(",") if (method := part.strip())}
    return tuple(sorted(methods | ({"HEAD"} if "GET" in methods else set())))


def _field_errors(exc: ValidationException) -> Iterator[FieldError]:
    """The framework's list of what is wrong with path, query and headers.

    A parameter that is needed and missing comes without such a list.
    """
    extra = exc.extra if isinstance(exc.extra, list) else []
    for item in extra:
        if isinstance(item, dict):
            # A name that the framework keeps for itself has an underscore behind it in our code.
            name = str(item.get("key", "")).rstrip("_")
            yield FieldError(name, readable(str(item.get("message", ""))))
    if not extra:
        yield FieldError(_missing_parameter(exc.detail), "This parameter is needed.")


def _missing_parameter(detail: str) -> str:
    """Litestar: "Missing required query parameter 'limit' for path /users"."""
    parts = detail.split("'")
    return parts[1] if len(parts) > 1 else ""


MAX_WORDS: Final = 1000
"""Characters of one message; a library may quote a whole answer in it."""


def describe(error: DomainError, raised: Exception) -> str:
    """Give an error in one line: code, context, and every cause.

    `raised` is what was translated into `error`, or `error` itself.
    """
    return "; ".join([f"{error.code} {_describe(error)}".rstrip(), *causes_of(error, raised)])


def causes_of(error: DomainError, raised: Exception) -> list[str]:
    """Tell what the error comes from, the nearest cause first.

    A driver's messages come without values from its adapter.
    """
    first = _below(error) if raised is error else raised
    return [
        f"from {type(cause).__name__}: {_in_one_line(cause)} {_describe(cause)}".rstrip(": ")
        for cause in _chain(first)
    ]


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = _below(error)


def _below(error: BaseException) -> BaseException | None:
    """The cause that was given, or else what was being handled, as Python prints it."""
    return error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _describe(error: BaseException) -> str:
    context = error.context if isinstance(error, DomainError) else {}
    return " ".join(f"{name}={_in_one_line(value)}" for name, value in context.items())


def _in_one_line(value: object) -> str:
    """Nothing that a caller may have a hand in begins a line of the log, or moves a terminal."""
    words = " ".join(str(value)[: 4 * MAX_WORDS].split())
    return "".join(c if c.isprintable() else "?" for c in words)[:MAX_WORDS]
