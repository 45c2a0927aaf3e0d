"""Arguments and options that several commands share, and their parsers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Final
from uuid import UUID

import typer

from application.pagination import DEFAULT_LIMIT, MAX_LIMIT
from domain.text import Bound
from entrypoints.cli.errors import WrongUsage

WORD: Final = Bound(64, 64)
"""Bound of a UUID, a time or a boolean; each is half as long."""
_SHOWN: Final = 80
"""Characters of an argument that a message repeats."""

Who = Annotated[str, typer.Argument(metavar="EMAIL|ID", help="The user's e-mail address or id.")]
PasswordStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")]
Cursor = Annotated[
    str | None, typer.Option(metavar="CURSOR", help="Continue where an earlier page ended.")
]
AllPages = Annotated[bool, typer.Option("--all", help="List all pages.")]


def limit_option(items: str, default: int = DEFAULT_LIMIT) -> object:
    """Return the option --limit, for `items` in a page."""
    return typer.Option(metavar="N", help=f"1 to {MAX_LIMIT} {items}; {default} if not given.")


def page_limit(limit: int | None, *, all_pages: bool, default: int = DEFAULT_LIMIT) -> int:
    """Return the size of a page; raises WrongUsage if both --limit and --all are given."""
    if all_pages and limit is not None:
        raise WrongUsage("Give --limit or --all, not both.")
    return MAX_LIMIT if all_pages else default if limit is None else limit


def read_who(text: str) -> UUID | str:
    """Parse a user's address (which has an @) or id; raises WrongUsage."""
    return text if "@" in text else read_id(text, "neither an e-mail address nor a user's id")


def read_id(text: str, otherwise: str) -> UUID:
    """Parse a UUID; raises WrongUsage, with `otherwise` for what the text is instead."""
    try:
        return UUID(text if WORD.admits(text) else "")
    except ValueError:
        shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
        raise WrongUsage(f"{shown!r} is {otherwise} (a UUID).") from None


def read_time(option: str, text: str | None) -> datetime | None:
    """Parse a time, in UTC unless it has an offset; raises WrongUsage."""
    try:
        time = None if text is None else datetime.fromisoformat(text if WORD.admits(text) else "")
    except ValueError:
        raise WrongUsage(f"{option}: write a time as 2026-01-31 or 2026-01-31T08:00:00Z.") from None
    return time.replace(tzinfo=UTC) if time is not None and time.tzinfo is None else time
