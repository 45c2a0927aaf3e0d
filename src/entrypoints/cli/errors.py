"""CLI errors, and the table from category to exit code."""

from collections.abc import Mapping
from typing import Final

import typer

from domain.errors import Category, DomainError

EXIT_CODES: Final[Mapping[Category, int]] = {
    Category.INTERNAL: 1,
    Category.MALFORMED: 3,
    Category.VALIDATION: 4,
    Category.UNAUTHENTICATED: 5,
    Category.FORBIDDEN: 6,
    Category.NOT_FOUND: 7,
    Category.CONFLICT: 8,
    Category.RATE_LIMITED: 9,
    Category.UNAVAILABLE: 10,
    Category.TIMEOUT: 11,
    Category.EXTERNAL: 12,
}
BUG: Final = EXIT_CODES[Category.INTERNAL]
CAUTION: Final = 13
"""`doctor` found warnings, but no errors."""
CANCELLED: Final = 130
"""128 + SIGINT, as in shells; also for a confirmation that was denied."""
BROKEN_PIPE: Final = 141
"""128 + SIGPIPE: the reader of the output has exited."""


class WrongUsage(typer.TyperException):
    """Invalid arguments, or arguments that exclude each other."""

    exit_code = 2


class Cancelled(Exception):
    """The user cancelled the command at a prompt."""


class OutputFailed(Exception):
    """The result cannot be written (full disk, encoding); the command itself was executed."""


class DatabaseBehind(DomainError):
    """The schema of the database is not that of this release."""

    code = "DATABASE_NOT_AT_HEAD"
    category = Category.CONFLICT
    summary = "The database is not at the newest revision. Run `armature db upgrade`."
