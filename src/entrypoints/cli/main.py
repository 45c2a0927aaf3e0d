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
from entrypoints.cli.failures import report
from entrypoints.cli.invocation import Invocation
from entrypoints.cli.runtime import Runtime
from entrypoints.cli.terminal import Streams, Terminal
from entrypoints.cli.tree import build, name_of

if TYPE_CHECKING:
    from collections.abc import Sequence

JSON: Final = "--json"
DEBUG: Final = "--debug"
VERBOSE: Final = {"-v": 1, "--verbose": 1, "-vv": 2}
"""Options, and the level of logging that each adds."""
HELP: Final = "--help"


def main() -> NoReturn:
    """Run the program `armature`, and exit the process."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    if os.getpid() == 1:
        # The kernel drops signals without a handler for the first process of a container.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    code = run(sys.argv[1:])
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        # The error was reported already; the interpreter would report it again at exit.
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
    """Run one command and return its exit code; never raises.

    `args` are those after the program's name. --json, --debug and -v may stand anywhere before
    a `--`.
    """
    everywhere, own = _split(args)
    terminal = Terminal(Streams.of(stdin, stdout, stderr), wants_json=JSON in everywhere)
    cli = Invocation(runtime or Runtime(), terminal, is_debug=DEBUG in everywhere)
    cli.runtime.verbosity = sum(VERBOSE.get(arg, 0) for arg in everywhere)
    try:
        return _run(own, cli)
    except BaseException as error:  # noqa: BLE001 - the outermost exception handler
        return report(error, cli)


def _run(args: list[str], cli: Invocation) -> int:
    if any(has_surrogate(arg) or "\0" in arg for arg in args):
        raise WrongUsage("The arguments are not valid UTF-8 text.")
    command = typer.main.get_command(build(args))
    printed = io.StringIO()
    name = "" if HELP in args else name_of(command, args)
    try:
        # Typer prints help by itself, to sys.stdout.
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
