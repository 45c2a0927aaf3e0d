"""`sessions` commands: list and revoke."""

from typing import TYPE_CHECKING, Annotated

import typer

from application.pagination import MAX_LIMIT, Page
from application.session.list_sessions import ListSessions
from application.session.log_out_everywhere import LogOutEverywhere
from application.session.revoke_session import RevokeSession
from application.session.views import SessionView
from entrypoints.cli.arguments import (
    AllPages,
    Cursor,
    Who,
    limit_option,
    page_limit,
    read_id,
    read_who,
)
from entrypoints.cli.errors import WrongUsage
from entrypoints.cli.invocation import invocation, read_page

if TYPE_CHECKING:
    from uuid import UUID

    from application.use_cases import UseCases

app = typer.Typer()


@app.command("list")
def list_sessions(
    context: typer.Context,
    user: Who,
    *,
    limit: Annotated[int | None, limit_option("sessions", MAX_LIMIT)] = None,
    cursor: Cursor = None,
    all_pages: AllPages = False,
) -> None:
    """List a user's live sessions, the newest first."""
    size = page_limit(limit, all_pages=all_pages, default=MAX_LIMIT)
    cli = invocation(context)

    async def read(use_cases: "UseCases", user_id: "UUID") -> Page[SessionView]:
        query = ListSessions(actor=cli.operator, user_id=user_id, limit=size, cursor=cursor)
        return await read_page(use_cases.list_sessions, query, all_pages=all_pages)

    cli.show_page(
        "sessions",
        cli.call_for(read_who(user), read),
        ("id", "last used", "expires", "address", "client"),
        lambda each: (
            *(each.id, each.last_used_at, each.expires_at),
            *(each.client_address, each.user_agent),
        ),
    )


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
    """Revoke one of a user's sessions, or all of them."""
    if everything is (session is not None):
        raise WrongUsage("Give a SESSION_ID or --all: one of the two.")
    cli, who = invocation(context), read_who(user)
    session_id = None if session is None else read_id(session, "not a session's id")

    async def end(use_cases: "UseCases", user_id: "UUID") -> int:
        actor = cli.operator
        if session_id is None:
            return await use_cases.log_out_everywhere(
                LogOutEverywhere(actor=actor, user_id=user_id)
            )
        await use_cases.revoke_session(
            RevokeSession(actor=actor, user_id=user_id, session_id=session_id)
        )
        return 1

    ended = cli.call_for(who, end)
    cli.terminal.show({"sessions_ended": ended}, f"Sessions ended: {ended}")
