"""Errors of signing key changes; operators alone meet them."""

from domain.errors import Category, DomainError


class KeysExist(DomainError):
    """Where new keys were to be kept there are some already; nothing was overwritten."""

    code = "KEYS_EXIST"
    category = Category.CONFLICT
    summary = "There are signing keys already."


class KeyNotFound(DomainError):
    """None of the signing keys has this id."""

    code = "KEY_NOT_FOUND"
    category = Category.NOT_FOUND
    summary = "There is no such key."


class KeyTooNew(DomainError):
    """The next key was published so recently that verifiers may not know it yet."""

    code = "KEY_TOO_NEW"
    category = Category.CONFLICT
    summary = "The next key was published too recently to sign with."


class KeyInUse(DomainError):
    """The key signs, or tokens that it signed may still be alive."""

    code = "KEY_IN_USE"
    category = Category.CONFLICT
    summary = "The key is still needed."
