"""Error output on stderr."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import typer

from entrypoints.cli.rendering import as_json, harmless
from entrypoints.cli.streams import has_colours

if TYPE_CHECKING:
    from collections.abc import Iterator

    from entrypoints.cli.failures import Failure
    from entrypoints.cli.invocation import Invocation


def report(failure: Failure, cli: Invocation, error: BaseException) -> int:
    """Print the failure for whoever reads, and give its exit code."""
    if failure.message:
        # Who cannot read stderr has the exit code.
        with contextlib.suppress(OSError, ValueError):
            _print(failure, cli, error)
    return failure.exit_code


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
