"""Keyset pages at the command line: `--limit`, `--cursor` and `--all`."""

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer

from application.pagination import Page
from entrypoints.cli.errors import WrongUsage
from entrypoints.cli.terminal import Terminal

T = TypeVar("T")

Cursor = Annotated[
    str | None, typer.Option(metavar="CURSOR", help="Go on where an earlier page ended.")
]
Everything = Annotated[bool, typer.Option("--all", help="Every page to the end.")]


def check_limit(limit: int | None, *, everything: bool) -> None:
    if everything and limit is not None:
        raise WrongUsage("Give --limit or --all, not both.")


async def follow(ask: Callable[[str | None], Awaitable[Page[T]]], cursor: str | None) -> Page[T]:
    """Give every item from `cursor` on, as one page."""
    items: list[T] = []
    while True:
        page = await ask(cursor)
        items += page.items
        cursor = page.next_cursor
        if cursor is None:
            return Page(tuple(items), None)


def note_next(terminal: Terminal, page: Page[T]) -> None:
    """Say how to go on, where there are more."""
    if page.next_cursor is not None:
        terminal.note(f"There are more: give the same options and --cursor {page.next_cursor}")
