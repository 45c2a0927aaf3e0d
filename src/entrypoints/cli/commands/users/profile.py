"""`users update` and `users change-password`."""

from typing import TYPE_CHECKING, Annotated

import typer

from application.unset import UNSET, Unset
from application.user.change_password import ChangedPassword, ChangePassword
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
    bio: Annotated[str | None, typer.Option(metavar="HTML", help="The new bio.")] = None,
    clear_bio: Annotated[bool, typer.Option("--clear-bio", help="Have no bio.")] = False,
    website: Annotated[str | None, typer.Option(metavar="URL", help="The new website.")] = None,
    clear_website: Annotated[
        bool, typer.Option("--clear-website", help="Have no website.")
    ] = False,
    email: Annotated[
        str | None, typer.Option(metavar="EMAIL", help="The new address to log in with.")
    ] = None,
) -> None:
    """Change a user's name, bio, website or address. What is not given stays."""
    new_name = _change("name", name, clear=clear_name)
    new_bio = _change("bio", bio, clear=clear_bio)
    new_website = _change("website", website, clear=clear_website)
    if email is None and new_name is new_bio is new_website is UNSET:
        raise WrongUsage(
            "Nothing to change: give --name, --bio, --website or --email, or one of the --clear-..."
        )
    cli, who = invocation(context), read_who(user)

    async def change(use_cases: "UseCases") -> UserView:
        command = UpdateProfile(
            actor=cli.operator,
            user_id=await find_id(use_cases, cli.operator, who),
            name=new_name,
            bio=new_bio,
            website=new_website,
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

    async def change(use_cases: "UseCases") -> ChangedPassword:
        command = ChangePassword(
            actor=cli.operator,
            user_id=await find_id(use_cases, cli.operator, who),
            new_password=password,
        )
        return await use_cases.change_password(command)

    ended = cli.call(change).sessions_ended
    cli.terminal.show(
        {"sessions_ended": ended}, lambda _: f"Password changed. Sessions ended: {ended}"
    )


def _change(field: str, text: str | None, *, clear: bool) -> str | Unset | None:
    if clear and text is not None:
        raise WrongUsage(f"Give --{field} or --clear-{field}, not both.")
    return None if clear else UNSET if text is None else text
