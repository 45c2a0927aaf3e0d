"""`sessions` commands: list and revoke."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from application.pagination import MAX_LIMIT, Page
from application.session.list_sessions import ListSessions
from application.session.log_out_everywhere import LogOutEverywhere
from application.session.revoke_session import RevokeSession
from application.session.views import SessionView
from entrypoints.cli.arguments import Who, find_id, read_id, read_who
from entrypoints.cli.errors import WrongUsage
from entrypoints.cli.invocation import invocation
from entrypoints.cli.pages import Cursor, Everything, check_limit, follow, note_next
from entrypoints.cli.rendering import as_table
from entrypoints.cli.serializers import session_to_dict

if TYPE_CHECKING:
    from application.use_cases import UseCases

app = typer.Typer()


@app.command("list")
def list_sessions(
    context: typer.Context,
    user: Who,
    *,
    limit: Annotated[
        int | None,
        typer.Option(metavar="N", help=f"1 to {MAX_LIMIT} sessions; {MAX_LIMIT} if not given."),
    ] = None,
    cursor: Cursor = None,
    everything: Everything = False,
) -> None:
    """List a user's live sessions, the newest first."""
    check_limit(limit, everything=everything)
    cli, who = invocation(context), read_who(user)

    async def ask(use_cases: "UseCases") -> Page[SessionView]:
        query = ListSessions(
            actor=cli.operator,
            user_id=await find_id(use_cases, cli.operator, who),
            limit=MAX_LIMIT if limit is None else limit,
            cursor=cursor,
        )
        if not everything:
            return await use_cases.list_sessions(query)
        return await follow(
            lambda after: use_cases.list_sessions(replace(query, cursor=after)), cursor
        )

    page = cli.call(ask)
    columns = ("id", "last used", "expires", "address", "client")
    rows = [
        (one.id, one.last_used_at, one.expires_at, one.client_address, one.user_agent)
        for one in page.items
    ]
    cli.terminal.show(
        {"sessions": [*map(session_to_dict, page.items)], "next_cursor": page.next_cursor},
        lambda stream: as_table(columns, rows, stream) if rows else "",
    )
    if not rows:
        cli.terminal.note("No sessions.")
    note_next(cli.terminal, page)


@app.command()
def revoke(
    context: typer.Context,
    user: Who,
    session: Annotated[
        str | None, typer.Argument(metavar="SESSION_ID", help="As `sessions list` prints it.")
    ] = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help="All the user's sessions.")] = False,
) -> None:
    """End one of a user's sessions, or all of them."""
    if everything is (session is not None):
        raise WrongUsage("Give a SESSION_ID or --all: one of the two.")
    cli, who = invocation(context), read_who(user)
    session_id = None if session is None else read_id(session, "not a session's id")

    async def end(use_cases: "UseCases") -> int:
        actor = cli.operator
        user_id = await find_id(use_cases, actor, who)
        if session_id is None:
            return await use_cases.log_out_everywhere(
                LogOutEverywhere(actor=actor, user_id=user_id)
            )
        await use_cases.revoke_session(
            RevokeSession(actor=actor, user_id=user_id, session_id=session_id)
        )
        return 1

    ended = cli.call(end)
    cli.terminal.show({"sessions_ended": ended}, lambda _: f"Sessions ended: {ended}")
