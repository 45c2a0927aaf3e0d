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
"""`doctor` found no error, but something that should not stay as it is."""
CANCELLED: Final = 130
"""128 + SIGINT, as shells have it; also for a question that was answered with no."""
BROKEN_PIPE: Final = 141
"""128 + SIGPIPE: whoever read our output has gone."""


class WrongUsage(typer.TyperException):
    """Arguments that make no sense together, or on their own."""

    exit_code = 2


class Cancelled(Exception):
    """The person at the terminal thought better of it."""


class OutputFailed(Exception):
    """The result cannot be written: a full disk, an encoding; what was asked for is done."""


class DatabaseBehind(DomainError):
    """The database does not have the shape that this version of the code needs."""

    code = "DATABASE_NOT_AT_HEAD"
    category = Category.CONFLICT
    summary = "The database is not at the newest revision. Run `armature db upgrade`."
