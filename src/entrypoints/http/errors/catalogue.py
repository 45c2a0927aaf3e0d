"""HTTP errors, and the table from category to status."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import ClassVar, Final

from domain.errors import Category, DomainError

STATUS: Final[Mapping[Category, int]] = {
    Category.INTERNAL: 500,
    Category.MALFORMED: 400,
    Category.VALIDATION: 422,
    Category.UNAUTHENTICATED: 401,
    Category.FORBIDDEN: 403,
    Category.NOT_FOUND: 404,
    Category.CONFLICT: 409,
    Category.RATE_LIMITED: 429,
    Category.UNAVAILABLE: 503,
    Category.TIMEOUT: 504,
    Category.EXTERNAL: 502,
}

SERVER_ERRORS: Final = 500
"""The first status that blames us rather than the caller."""

# RFC 9110's own words, which the standard library has since Python 3.13 only.
_PHRASES: Final = {
    413: "Content Too Large",
    414: "URI Too Long",
    422: "Unprocessable Content",
}


class HttpError(DomainError):
    """An error of the protocol itself, with a status of its own."""

    category = Category.MALFORMED
    status: ClassVar[int] = 400
    closes: ClassVar[bool] = False
    """Whether nothing more can be read from the connection."""


class NotFound(HttpError):
    """No route has this path."""

    code = "NOT_FOUND"
    category = Category.NOT_FOUND
    status = 404
    summary = "There is nothing at this address."


class MethodNotAllowed(HttpError):
    """The path exists, but not with this method (RFC 9110 §15.5.6); `allow` says which do."""

    code = "METHOD_NOT_ALLOWED"
    status = 405
    summary = "This address does not answer to this method."

    def __init__(self, allow: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.allow = allow


class CsrfFailed(HttpError):
    """A cookie came, and not what proves that our own page sent the request.

    The message says which header is missing or wrong.
    """

    code = "AUTH_CSRF_FAILED"
    category = Category.FORBIDDEN
    status = 403
    summary = "This request does not prove that it comes from our own page. Load it again."


class PayloadTooLarge(HttpError):
    """The body is larger than the service reads (RFC 9110 §15.5.14)."""

    code = "PAYLOAD_TOO_LARGE"
    status = 413
    summary = "The body of the request is too large."


class UriTooLong(HttpError):
    """Path and query are longer than the service reads (RFC 9110 §15.5.15)."""

    code = "URI_TOO_LONG"
    status = 414
    summary = "The address of the request is too long."


class HeadersTooLarge(HttpError):
    """A header field, or all of them together, is larger than the service reads (RFC 6585 §5)."""

    code = "HEADERS_TOO_LARGE"
    status = 431
    summary = "The headers of the request are too large."


class UnsupportedMediaType(HttpError):
    """The body is not JSON in UTF-8, or is compressed (RFC 9110 §15.5.16)."""

    code = "UNSUPPORTED_MEDIA_TYPE"
    status = 415
    summary = "Send the body as application/json, in UTF-8 and not compressed."


class RequestTooSlow(HttpError):
    """The body did not arrive within the time of a request (RFC 9110 §15.5.9)."""

    code = "REQUEST_TOO_SLOW"
    status = 408
    summary = "The body of the request did not arrive in time."
    closes = True


class UnknownFraming(HttpError):
    """A `Transfer-Encoding` other than `chunked` leaves a body's end open (RFC 9112 §6.3)."""

    code = "UNKNOWN_FRAMING"
    summary = "Send the body with Content-Length, or with Transfer-Encoding: chunked alone."
    closes = True


class HttpsRequired(HttpError):
    """The request came over plain HTTP, where anybody on the way can read it."""

    code = "HTTPS_REQUIRED"
    category = Category.FORBIDDEN
    status = 403
    summary = "Use HTTPS. What was sent over plain HTTP may have been read by others."


class ClientDisconnected(Exception):
    """The client disconnected before its response began."""


def status_of(error: DomainError | type[DomainError]) -> int:
    """The status of an error, or of an entry of the catalogue."""
    error_type = error if isinstance(error, type) else type(error)
    if issubclass(error_type, HttpError):
        return error_type.status
    return STATUS[error_type.category]


def phrase_of(status: int) -> str:
    """What RFC 9110 calls a status."""
    return _PHRASES.get(status) or HTTPStatus(status).phrase
