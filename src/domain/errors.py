"""Domain errors: code, category, message."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, TypeVar

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")


class Category(StrEnum):
    """Kind of an error; each driver maps it to a status or an exit code."""

    INTERNAL = "internal"
    MALFORMED = "malformed"
    VALIDATION = "validation"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    RATE_LIMITED = "rate_limited"
    UNAVAILABLE = "unavailable"
    TIMEOUT = "timeout"
    EXTERNAL = "external"

    @property
    def is_ours(self) -> bool:
        """Whether the service or a dependency is at fault, not the caller."""
        return self in _OURS


_OURS = frozenset({Category.INTERNAL, Category.UNAVAILABLE, Category.TIMEOUT, Category.EXTERNAL})


@dataclass(frozen=True, slots=True)
class FieldError:
    """Error of one field of the input; `field` is its public name."""

    field: str
    message: str


class DomainError(Exception):
    """An outcome with a stable `code`, a `category`, a public `message` and a private `context`.

    `message` and `errors` may be shown to the caller; `context` is for the log only and never
    holds a secret. A subclass with a `code` of its own is an entry of the error catalogue; one
    without is a special case of the entry that it inherits from.

    To wrap an error, raise the new one from it: `raise B(context={"operation": "add"}) from a`.
    Python keeps the cause with its traceback, and nothing is copied: `full_context` reads the
    whole chain. An adapter whose library puts values into its messages takes them out first,
    since whoever logs the chain prints those messages.
    """

    code: ClassVar[str] = "INTERNAL_ERROR"
    category: ClassVar[Category] = Category.INTERNAL
    summary: ClassVar[str] = "Something went wrong on our side."

    def __init__(
        self,
        message: str | None = None,
        *,
        errors: tuple[FieldError, ...] = (),
        context: Mapping[str, object] | None = None,
    ) -> None:
        self.message = message or self.summary
        self.errors = errors
        self.context: Mapping[str, object] = context or {}
        super().__init__(self.message)

    @property
    def full_context(self) -> Mapping[str, object]:
        """`context`, completed with that of every DomainError it was raised from."""
        found = dict(self.context)
        cause = self.__cause__
        while cause is not None:
            if isinstance(cause, DomainError):
                found = {**cause.context, **found}
            cause = cause.__cause__
        return found


class ValidationFailed(DomainError):
    """Well-formed input with invalid values; `errors` names each field."""

    code = "VALIDATION_FAILED"
    category = Category.VALIDATION
    summary = "Some fields are not valid."

    @classmethod
    def of(cls, field: str, message: str) -> "ValidationFailed":
        return cls(errors=(FieldError(field, message),))


class Forbidden(DomainError):
    """The caller is authenticated, but lacks the permission."""

    code = "FORBIDDEN"
    category = Category.FORBIDDEN
    summary = "You are not allowed to do this."


def read_all(
    first: Callable[[], A], second: Callable[[], B], third: Callable[[], C]
) -> tuple[A, B, C]:
    """Return the results of all three; raises one ValidationFailed with the errors of all."""
    errors: list[FieldError] = []
    values: list[object] = []
    for read in (first, second, third):
        try:
            values.append(read())
        except ValidationFailed as failed:
            errors.extend(failed.errors)
    if errors:
        raise ValidationFailed(errors=tuple(errors))
    return tuple(values)  # type: ignore[return-value] # mypy cannot follow the loop by position
