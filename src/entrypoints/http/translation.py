"""Translates exceptions to errors of the catalogue."""

from collections.abc import Iterator

from litestar.exceptions import HTTPException, MethodNotAllowedException, ValidationException

from application.errors import InvalidInput
from domain.errors import Category, DomainError, FieldError, Forbidden, ValidationFailed
from entrypoints.http.errors import (
    SERVER_ERRORS,
    MethodNotAllowed,
    NotFound,
    PayloadTooLarge,
    UnsupportedMediaType,
)
from entrypoints.http.validation import readable

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
    """Whether somebody has to look into the code, rather than into a caller or a dependency."""
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
