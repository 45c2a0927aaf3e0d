"""`users update` and `users change-password`."""

from typing import TYPE_CHECKING, Annotated

import typer

from application.unset import UNSET
from application.user.change_password import ChangePassword
from application.user.update_profile import UpdateProfile
from application.user.views import UserView
from entrypoints.cli.arguments import PasswordStdin, Who, find_id, read_who
from entrypoints.cli.commands.users.showing import show_user
from entrypoints.cli.errors import WrongUsage
from entrypoints.cli.invocation import invocation

if TYPE_CHECKING:
    from application.use_cases import UseCases

app = typer.Typer()


@app.command()
def update(
    context: typer.Context,
    user: Who,
    *,
    name: Annotated[str | None, typer.Option(metavar="NAME", help="The new name.")] = None,
    clear_name: Annotated[bool, typer.Option("--clear-name", help="Have no name.")] = False,
    email: Annotated[
        str | None, typer.Option(metavar="EMAIL", help="The new address to log in with.")
    ] = None,
) -> None:
    """Change a user's name or address. What is not given stays."""
    if clear_name and name is not None:
        raise WrongUsage("Give --name or --clear-name, not both.")
    if not clear_name and name is None and email is None:
        raise WrongUsage("Nothing to change: give --name, --clear-name or --email.")
    cli, who = invocation(context), read_who(user)

    async def change(use_cases: "UseCases") -> UserView:
        command = UpdateProfile(
            actor=cli.operator,
            user_id=await find_id(use_cases, cli.operator, who),
            name=None if clear_name else UNSET if name is None else name,
            email=UNSET if email is None else email,
        )
        return await use_cases.update_profile(command)

    changed = cli.call(change)
    show_user(cli, changed, f"Updated {changed.email}.")


@app.command()
def change_password(
    context: typer.Context, user: Who, *, password_stdin: PasswordStdin = False
) -> None:
    """Set a user's password and end all their sessions. The password is asked for twice."""
    cli, who = invocation(context), read_who(user)
    password = cli.terminal.new_password(
        "New password", from_stdin=password_stdin, called="new_password"
    )

    async def change(use_cases: "UseCases") -> int:
        command = ChangePassword(
            actor=cli.operator,
            user_id=await find_id(use_cases, cli.operator, who),
            new_password=password,
        )
        return await use_cases.change_password(command)

    ended = cli.call(change)
    cli.terminal.show(
        {"sessions_ended": ended}, lambda _: f"Password changed. Sessions ended: {ended}"
    )
