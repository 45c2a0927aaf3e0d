"""Commands as processes that are forked where everything is loaded, instead of loading it anew.

A story takes dozens of them, and loading is nine tenths of a command's time. How a program starts
from nothing is proved by those who use `processes.armature`.
"""

import multiprocessing
import os
import sys
from functools import cache
from multiprocessing.context import ForkServerContext
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.integration.processes import PATIENCE, environment

_LOADED = [
    "containers",
    "entrypoints.cli.main",
    "entrypoints.cli.commands.users",
    "adapters.postgres.database",
    "adapters.sqlite.database",
    "adapters.argon2.hasher",
    "adapters.jwt.factory",
]
"""What is not found here is loaded by the command itself."""


def forked_armature(
    folder: Path, arguments: list[str], stdin: str = "", **variables: str
) -> tuple[int, str, str]:
    """Run one command in `folder`; give its exit code, stdout and stderr."""
    with TemporaryDirectory() as streams:
        files = [Path(streams) / name for name in ("in", "out", "err")]
        files[0].write_text(stdin)
        process = _context().Process(
            target=_run, args=(folder, arguments, environment(**variables), files)
        )
        process.start()
        process.join(PATIENCE)
        assert process.exitcode is not None, arguments
        return process.exitcode, files[1].read_text(), files[2].read_text()


@cache
def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_LOADED)
    return context


def _run(folder: Path, arguments: list[str], variables: dict[str, str], files: list[Path]) -> None:
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(variables)
    for number, file in enumerate(files):
        os.dup2(os.open(file, os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT), number)
    # multiprocessing has closed it.
    sys.stdin = os.fdopen(0)
    sys.argv = ["armature", *arguments]

    from entrypoints.cli.main import main

    main()
