"""Errors of accounts."""

from domain.errors import Category, DomainError


class UserNotFound(DomainError):
    """No open account has this id or address."""

    code = "USER_NOT_FOUND"
    category = Category.NOT_FOUND
    summary = "There is no such user."


class UserAlreadyExists(DomainError):
    """Another open account has this address."""

    code = "USER_ALREADY_EXISTS"
    category = Category.CONFLICT
    summary = "An account with this e-mail address exists already."


class UserInactive(DomainError):
    """The account is deactivated; reported only after the right password."""

    code = "USER_INACTIVE"
    category = Category.FORBIDDEN
    summary = "This account is deactivated. Ask an administrator to activate it."


class PasswordTooWeak(DomainError):
    """The new password violates the password policy; `errors` has the reasons."""

    code = "PASSWORD_TOO_WEAK"
    category = Category.VALIDATION
    summary = "Please choose a stronger password."


class InvalidCredentials(DomainError):
    """Wrong address or password; the response does not reveal which."""

    code = "AUTH_INVALID_CREDENTIALS"
    category = Category.UNAUTHENTICATED
    summary = "The e-mail address or the password is wrong."


class LastAdmin(DomainError):
    """The last active admin cannot be demoted, deactivated or closed."""

    code = "LAST_ADMIN"
    category = Category.CONFLICT
    summary = "This is the last active admin. Make somebody else an admin first."
