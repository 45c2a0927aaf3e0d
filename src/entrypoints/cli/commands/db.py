"""`db` commands: schema migrations."""

from typing import Annotated

import typer

from application.ports.migrations import Migrations
from entrypoints.cli.arguments import Yes
from entrypoints.cli.errors import DatabaseBehind
from entrypoints.cli.invocation import Invocation, invocation

app = typer.Typer()


@app.command()
def upgrade(
    context: typer.Context,
    revision: Annotated[
        str, typer.Argument(metavar="REVISION", help="`head` is the newest.")
    ] = "head",
) -> None:
    """Upgrade the database to a revision, by default the newest."""
    cli = invocation(context)
    migrations = cli.runtime.migrations()
    cli.runtime.await_database()
    migrations.upgrade(revision)
    _show(cli, migrations)


@app.command()
def downgrade(
    context: typer.Context,
    revision: Annotated[
        str, typer.Argument(metavar="REVISION", help="`base` is the empty database.")
    ],
    *,
    yes: Yes = False,
) -> None:
    """Downgrade the database to a revision. Data that only newer revisions hold is lost."""
    cli = invocation(context)
    if not yes:
        cli.terminal.confirm(f"Downgrade the database to {revision}? This can lose data.")
    migrations = cli.runtime.migrations()
    migrations.downgrade(revision)
    _show(cli, migrations)


@app.command()
def current(context: typer.Context) -> None:
    """Show the revision that the database is at."""
    cli = invocation(context)
    _show(cli, cli.runtime.migrations())


@app.command()
def check(context: typer.Context) -> None:
    """Fail unless the database is at the newest revision."""
    cli = invocation(context)
    migrations = cli.runtime.migrations()
    at, head = migrations.current(), migrations.head()
    if at != head:
        raise DatabaseBehind(context={"detail": f"it is at {at or 'none'}, the newest is {head}"})
    _show(cli, migrations)


def _show(cli: Invocation, migrations: Migrations) -> None:
    at, head = migrations.current(), migrations.head()
    cli.terminal.show({"current": at, "head": head}, at or "none")
    if at != head:
        cli.terminal.note(f"The newest revision is {head}.")
