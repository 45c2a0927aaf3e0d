"""`users list`."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from application.pagination import DEFAULT_LIMIT, MAX_LIMIT, Page
from application.user.list_users import ListUsers
from application.user.views import UserView
from entrypoints.cli.invocation import Invocation, invocation
from entrypoints.cli.pages import Cursor, Everything, check_limit, follow, note_next
from entrypoints.cli.rendering import as_table
from entrypoints.cli.serializers import user_to_dict

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
    cursor: Cursor = None,
    everything: Everything = False,
) -> None:
    """List users, the newest first."""
    check_limit(limit, everything=everything)
    cli = invocation(context)
    query = ListUsers(
        actor=cli.operator,
        limit=DEFAULT_LIMIT if limit is None else limit,
        cursor=cursor,
        email_prefix=email,
        is_active=active,
    )

    async def ask(use_cases: "UseCases") -> Page[UserView]:
        if not everything:
            return await use_cases.list_users(query)
        return await follow(
            lambda after: use_cases.list_users(replace(query, limit=MAX_LIMIT, cursor=after)),
            cursor,
        )

    _show(cli, cli.call(ask))


def _show(cli: Invocation, page: Page[UserView]) -> None:
    data = {"users": [*map(user_to_dict, page.items)], "next_cursor": page.next_cursor}
    rows = [
        (user.id, user.email, user.name, user.roles, "active" if user.is_active else "inactive")
        for user in page.items
    ]
    columns = ("id", "email", "name", "roles", "state")
    cli.terminal.show(data, lambda stream: as_table(columns, rows, stream) if rows else "")
    if not rows:
        cli.terminal.note("No users.")
    note_next(cli.terminal, page)
