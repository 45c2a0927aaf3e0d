"""Exception handler of the command line: error message on stderr, and exit code."""

from __future__ import annotations

import contextlib
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
from entrypoints.cli.rendering import as_json, harmless, has_colours

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from entrypoints.cli.invocation import Invocation


def report(error: BaseException, cli: Invocation) -> int:
    """Print the error, and return its exit code."""
    failure = explain(error)
    if failure.message:
        # If stderr is closed, there is still the exit code.
        with contextlib.suppress(OSError, ValueError):
            _print(failure, cli, error)
    return failure.exit_code


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Message and exit code of an error; without a message nothing is printed.

    `intro` stands above the message and `lines` below, in text only. `detail` is for whoever
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
        about = {"code": self.code, "message": self.message, "errors": self.errors}
        return {"error": {**about, "detail": self.detail} if self.detail else about}


def explain(error: BaseException) -> Failure:
    """Return the failure of an exception; an unexpected one is a bug."""
    match error:
        case DomainError():
            return _domain(error)
        case InvalidSettings():
            return _settings(error)
        case typer.TyperException():
            return _usage(error)
        case _:
            return _other(error)


def _domain(error: DomainError) -> Failure:
    return Failure(
        exit_code=EXIT_CODES[error.category],
        code=error.code,
        message=error.message,
        # The message of a driver may have several lines.
        detail=" ".join(str(error.full_context.get("detail", "")).split()),
        errors=error.errors,
        lines=tuple(f"{each.field}: {each.message}" for each in error.errors),
    )


def _settings(error: InvalidSettings) -> Failure:
    return Failure(
        exit_code=EXIT_CODES[Category.VALIDATION],
        code="INVALID_SETTINGS",
        message="The configuration is not valid.",
        # A problem begins with the name of its variable.
        errors=tuple(
            FieldError(each.partition(" ")[0].rstrip(":"), each) for each in error.problems
        ),
        lines=error.problems,
    )


def _usage(error: typer.TyperException) -> Failure:
    context = getattr(error, "ctx", None)
    intro = ""
    if context is not None:
        intro = f"{context.get_usage()}\nTry '{context.command_path} --help' for help.\n"
    message = error.format_message()
    return Failure(exit_code=error.exit_code, code="USAGE", message=message, intro=intro)


def _other(error: BaseException) -> Failure:
    if isinstance(error, KeyboardInterrupt | Cancelled):
        return Failure(exit_code=CANCELLED, code="CANCELLED")
    if isinstance(error, BrokenPipeError):
        return Failure(exit_code=BROKEN_PIPE, code="BROKEN_PIPE")
    if isinstance(error, OutputFailed):
        message = f"The result cannot be written: {error}"
        return Failure(exit_code=BUG, code="OUTPUT_FAILED", message=message)
    # Its own message may hold anything, secrets included.
    message = f"This is a bug in Armature: {type(error).__name__}. Use --debug to see where."
    return Failure(exit_code=BUG, code="INTERNAL_ERROR", message=message, is_bug=True)


def _print(failure: Failure, cli: Invocation, error: BaseException) -> None:
    stderr = cli.terminal.streams.stderr
    if failure.is_bug and cli.is_debug:
        import traceback

        traceback.print_exception(error, file=stderr)
    if cli.terminal.wants_json:
        text = as_json(failure.data, ascii_only=True)
    else:
        text = "\n".join(_lines(failure, coloured=has_colours(stderr)))
    print(text, file=stderr, flush=True)


def _lines(failure: Failure, *, coloured: bool) -> Iterator[str]:
    if failure.intro:
        yield failure.intro
    error = typer.style("error:", fg="red", bold=True) if coloured else "error:"
    detail = f" ({harmless(failure.detail)})" if failure.detail else ""
    yield f"{error} {harmless(failure.message)}{detail}"
    for line in failure.lines:
        yield f"  {harmless(line)}"
