"""`sessions`: where a user is logged in."""

from typing import TYPE_CHECKING, Annotated

import typer

from application.session.list_sessions import ListSessions
from application.session.log_out_everywhere import LogOutEverywhere
from application.session.revoke_session import RevokeSession
from application.session.views import SessionView
from entrypoints.cli.arguments import Who, find_id, read_id, read_who
from entrypoints.cli.errors import WrongUsage
from entrypoints.cli.facts import of_session
from entrypoints.cli.invocation import invocation
from entrypoints.cli.rendering import as_table

if TYPE_CHECKING:
    from application.use_cases import UseCases

app = typer.Typer()


@app.command("list")
def list_sessions(context: typer.Context, user: Who) -> None:
    """List a user's sessions, the newest first."""
    cli, who = invocation(context), read_who(user)

    async def ask(use_cases: "UseCases") -> tuple[SessionView, ...]:
        user_id = await find_id(use_cases, cli.operator, who)
        return await use_cases.list_sessions(ListSessions(actor=cli.operator, user_id=user_id))

    sessions = cli.call(ask)
    columns = ("id", "last used", "expires", "address", "client")
    rows = [
        (one.id, one.last_used_at, one.expires_at, one.client_address, one.user_agent)
        for one in sessions
    ]
    cli.terminal.show(
        {"sessions": [*map(of_session, sessions)]},
        lambda stream: as_table(columns, rows, stream) if rows else "",
    )
    if not rows:
        cli.terminal.note("No sessions.")


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
