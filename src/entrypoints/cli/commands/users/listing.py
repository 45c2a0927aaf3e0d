"""`users list`."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from application.pagination import DEFAULT_LIMIT, MAX_LIMIT, Page
from application.user.list_users import ListUsers
from application.user.views import UserView
from entrypoints.cli.errors import WrongUsage
from entrypoints.cli.facts import of_user
from entrypoints.cli.invocation import Invocation, invocation
from entrypoints.cli.rendering import as_table

if TYPE_CHECKING:
    from application.use_cases import UseCases

app = typer.Typer()


@app.command("list")
def list_users(
    context: typer.Context,
    *,
    email: Annotated[
        str | None, typer.Option(metavar="PREFIX", help="Only addresses that begin so.")
    ] = None,
    active: Annotated[
        bool | None, typer.Option("--active/--inactive", help="Only users in this state.")
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(metavar="N", help=f"1 to {MAX_LIMIT} users; {DEFAULT_LIMIT} if not given."),
    ] = None,
    cursor: Annotated[
        str | None, typer.Option(metavar="CURSOR", help="Go on where an earlier page ended.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every page to the end.")] = False,
) -> None:
    """List users, the newest first."""
    if everything and limit is not None:
        raise WrongUsage("Give --limit or --all, not both.")
    cli = invocation(context)
    query = ListUsers(
        actor=cli.operator,
        limit=DEFAULT_LIMIT if limit is None else limit,
        cursor=cursor,
        email_prefix=email,
        is_active=active,
    )
    if everything:
        page = cli.call(lambda use_cases: _follow(use_cases, query))
    else:
        page = cli.call(lambda use_cases: use_cases.list_users(query))
    _show(cli, page)


async def _follow(use_cases: "UseCases", query: ListUsers) -> Page[UserView]:
    users: list[UserView] = []
    query = replace(query, limit=MAX_LIMIT)
    while True:
        page = await use_cases.list_users(query)
        users += page.items
        if page.next_cursor is None:
            return Page(tuple(users), None)
        query = replace(query, cursor=page.next_cursor)


def _show(cli: Invocation, page: Page[UserView]) -> None:
    data = {"users": [*map(of_user, page.items)], "next_cursor": page.next_cursor}
    rows = [
        (user.id, user.email, user.name, user.roles, "active" if user.is_active else "inactive")
        for user in page.items
    ]
    columns = ("id", "email", "name", "roles", "state")
    cli.terminal.show(data, lambda stream: as_table(columns, rows, stream) if rows else "")
    if not rows:
        cli.terminal.note("No users.")
    if page.next_cursor is not None:
        cli.terminal.note(f"There are more: give the same options and --cursor {page.next_cursor}")
