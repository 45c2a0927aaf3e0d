"""Errors of signing keys; raised for operators only."""

from domain.errors import Category, DomainError


class KeysExist(DomainError):
    """The key file exists already; it was not overwritten."""

    code = "KEYS_EXIST"
    category = Category.CONFLICT
    summary = "There are signing keys already."


class KeyNotFound(DomainError):
    """No signing key has this id."""

    code = "KEY_NOT_FOUND"
    category = Category.NOT_FOUND
    summary = "There is no such key."


class KeyTooNew(DomainError):
    """The next key was published so recently that verifiers may have cached the old set."""

    code = "KEY_TOO_NEW"
    category = Category.CONFLICT
    summary = "The next key was published too recently to sign with."


class KeyInUse(DomainError):
    """The key signs, or tokens that it signed may not have expired."""

    code = "KEY_IN_USE"
    category = Category.CONFLICT
    summary = "The key is still needed."
