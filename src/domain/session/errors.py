"""Errors of tokens and sessions."""

from domain.errors import Category, DomainError


class Unauthorized(DomainError):
    """The request needs a token and has none."""

    code = "AUTH_UNAUTHORIZED"
    category = Category.UNAUTHENTICATED
    summary = "Please log in first."


class TokenInvalid(DomainError):
    """The token was not issued by this service, or was modified."""

    code = "AUTH_TOKEN_INVALID"
    category = Category.UNAUTHENTICATED
    summary = "The token is not valid."


class TokenExpired(DomainError):
    """The token has expired."""

    code = "AUTH_TOKEN_EXPIRED"
    category = Category.UNAUTHENTICATED
    summary = "The token has expired."


class SessionRevoked(DomainError):
    """The session of this token has ended."""

    code = "AUTH_SESSION_REVOKED"
    category = Category.UNAUTHENTICATED
    summary = "This session has ended. Please log in again."


class RefreshTokenReused(DomainError):
    """Reuse of a refresh token after its successor was used (RFC 9700 §4.14.2).

    There is a copy of the token. Which of the two callers is the thief is unknown, so the session
    ends for both.
    """

    code = "AUTH_REFRESH_REUSED"
    category = Category.UNAUTHENTICATED
    summary = "This refresh token was used before. The session has ended; please log in again."


class SessionNotFound(DomainError):
    """The user has no live session with this id."""

    code = "RECORD_NOT_FOUND"
    category = Category.NOT_FOUND
    summary = "There is no such session."
