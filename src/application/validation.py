"""Validation of several fields with all their errors at once."""

from collections.abc import Callable
from typing import TypeVar

from domain.errors import FieldError, ValidationFailed

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")


def read_all(
    first: Callable[[], A], second: Callable[[], B], third: Callable[[], C]
) -> tuple[A, B, C]:
    """Give what each gives, or raise one ValidationFailed with the errors of all of them."""
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
