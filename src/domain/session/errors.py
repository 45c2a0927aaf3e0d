"""Errors of tokens and sessions."""

from domain.errors import Category, DomainError


class Unauthorized(DomainError):
    """No token was given where one is needed."""

    code = "AUTH_UNAUTHORIZED"
    category = Category.UNAUTHENTICATED
    summary = "Please log in first."


class TokenInvalid(DomainError):
    """A token that we did not make, or that was changed since."""

    code = "AUTH_TOKEN_INVALID"
    category = Category.UNAUTHENTICATED
    summary = "The token is not valid."


class TokenExpired(DomainError):
    """A token of ours whose time is over."""

    code = "AUTH_TOKEN_EXPIRED"
    category = Category.UNAUTHENTICATED
    summary = "The token has expired."


class SessionRevoked(DomainError):
    """The session of this token has ended."""

    code = "AUTH_SESSION_REVOKED"
    category = Category.UNAUTHENTICATED
    summary = "This session has ended. Please log in again."


class RefreshTokenReused(DomainError):
    """A refresh token came back though its successor was used (RFC 9700 §4.14.2).

    Somebody holds a copy; which of the two callers is the thief cannot be told, so the session
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
