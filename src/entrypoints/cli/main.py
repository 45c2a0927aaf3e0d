"""Main function of the command line."""

from __future__ import annotations

import io
import os
import signal
import sys
from contextlib import nullcontext, redirect_stdout
from typing import TYPE_CHECKING, Final, NoReturn, TextIO

import typer

from domain.text import has_surrogate
from entrypoints.cli.errors import WrongUsage
from entrypoints.cli.failures import explain
from entrypoints.cli.invocation import Invocation
from entrypoints.cli.reporting import report
from entrypoints.cli.runtime import Runtime
from entrypoints.cli.streams import Streams
from entrypoints.cli.terminal import Terminal
from entrypoints.cli.tree import build, name_of

if TYPE_CHECKING:
    from collections.abc import Sequence

JSON: Final = "--json"
DEBUG: Final = "--debug"
VERBOSE: Final = {"-v": 1, "--verbose": 1, "-vv": 2}
"""Spellings, and how much each asks for."""
HELP: Final = "--help"


def main() -> NoReturn:
    """Run as a program: the process's arguments and streams, and its exit."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    if os.getpid() == 1:
        # The system gives the first process of a container no signal that it has no handler for.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    code = run(sys.argv[1:])
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        # What cannot be written has been told of; the interpreter would complain again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)


def run(
    args: Sequence[str],
    runtime: Runtime | None = None,
    *,
    stdin: TextIO | None = None,
    stdout: TextIO | None = None,
    stderr: TextIO | None = None,
) -> int:
    """Run one command and give its exit code; never raises.

    `args` are those after the program's name. --json, --debug and -v may stand anywhere among
    them, but for what follows a `--`.
    """
    everywhere, own = _split(args)
    terminal = Terminal(Streams.of(stdin, stdout, stderr), wants_json=JSON in everywhere)
    cli = Invocation(runtime or Runtime(), terminal, is_debug=DEBUG in everywhere)
    cli.runtime.verbosity = sum(VERBOSE.get(arg, 0) for arg in everywhere)
    try:
        return _run(own, cli)
    except BaseException as error:  # noqa: BLE001 - the last place that can say what happened
        return report(explain(error), cli, error)


def _run(args: list[str], cli: Invocation) -> int:
    if any(has_surrogate(arg) or "\0" in arg for arg in args):
        raise WrongUsage("The arguments are not valid UTF-8 text.")
    command = typer.main.get_command(build(args))
    printed = io.StringIO()
    name = "" if HELP in args else name_of(command, args)
    try:
        # Help is the one thing that Typer prints by itself.
        with (
            redirect_stdout(printed) if HELP in args else nullcontext(),
            command.make_context("armature", args, obj=cli) as context,
            cli.runtime.traced(name) if name else nullcontext(),
        ):
            result = command.invoke(context)
    except typer.Exit as done:
        cli.terminal.write(printed.getvalue())
        return done.exit_code
    return result if isinstance(result, int) else 0


def _split(args: Sequence[str]) -> tuple[list[str], list[str]]:
    end = args.index("--") if "--" in args else len(args)
    everywhere = [arg for arg in args[:end] if arg in {JSON, DEBUG, *VERBOSE}]
    own = [arg for arg in args[:end] if arg not in everywhere]
    return everywhere, [*own, *args[end:]]
