"""Exception handler of the command line: message and exit code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from application.invalid_settings import InvalidSettings
from domain.errors import Category, DomainError, FieldError
from entrypoints.cli.errors import (
    BROKEN_PIPE,
    BUG,
    CANCELLED,
    EXIT_CODES,
    Cancelled,
    OutputFailed,
)

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One way to end badly; nothing is said about one without a message.

    `intro` stands above the message and `lines` below, for people only. `detail` is for whoever
    operates the service: a path, an address.
    """

    exit_code: int
    code: str
    message: str = ""
    detail: str = ""
    errors: tuple[FieldError, ...] = ()
    intro: str = ""
    lines: tuple[str, ...] = ()
    is_bug: bool = False

    @property
    def data(self) -> Mapping[str, object]:
        errors = [{"field": each.field, "message": each.message} for each in self.errors]
        about = {"code": self.code, "message": self.message, "errors": errors}
        return {"error": {**about, "detail": self.detail} if self.detail else about}


def explain(error: BaseException) -> Failure:
    """Give the failure that `error` is; anything unforeseen is a bug."""
    match error:
        case DomainError():
            return _domain(error)
        case InvalidSettings():
            return _settings(error)
        case typer.TyperException():
            return _usage(error)
        case KeyboardInterrupt() | Cancelled():
            return Failure(exit_code=CANCELLED, code="CANCELLED")
        case BrokenPipeError():
            return Failure(exit_code=BROKEN_PIPE, code="BROKEN_PIPE")
        case _:
            return _ours(error)


def _domain(error: DomainError) -> Failure:
    return Failure(
        exit_code=EXIT_CODES[error.category],
        code=error.code,
        message=error.message,
        # A driver's own words may have several lines.
        detail=" ".join(str(error.full_context.get("detail", "")).split()),
        errors=error.errors,
        lines=tuple(f"{each.field}: {each.message}" for each in error.errors),
    )


def _settings(error: InvalidSettings) -> Failure:
    return Failure(
        exit_code=EXIT_CODES[Category.VALIDATION],
        code="INVALID_SETTINGS",
        message="The configuration is not valid.",
        errors=tuple(FieldError(_name_in(each), each) for each in error.problems),
        lines=error.problems,
    )


def _name_in(problem: str) -> str:
    return problem.partition(" ")[0].rstrip(":")


def _usage(error: typer.TyperException) -> Failure:
    context = getattr(error, "ctx", None)
    intro = ""
    if context is not None:
        intro = f"{context.get_usage()}\nTry '{context.command_path} --help' for help.\n"
    message = error.format_message()
    return Failure(exit_code=error.exit_code, code="USAGE", message=message, intro=intro)


def _ours(error: BaseException) -> Failure:
    if isinstance(error, OutputFailed):
        message = f"The result cannot be written: {error}"
        return Failure(exit_code=BUG, code="OUTPUT_FAILED", message=message)
    # Its message may hold anything, secrets included.
    message = f"This is a bug in Armature: {type(error).__name__}. --debug shows where it is."
    return Failure(exit_code=BUG, code="INTERNAL_ERROR", message=message, is_bug=True)
