"""Error log of failed requests, with the cause that callers do not see."""

from collections.abc import Iterator
from typing import Final

from domain.errors import DomainError

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
