"""`users register` and `users show`."""

from typing import Annotated

import typer

from application.user.get_user import GetUser
from application.user.register_user import RegisterUser
from entrypoints.cli.arguments import PasswordStdin, Who, read_who
from entrypoints.cli.commands.users.showing import show_user
from entrypoints.cli.invocation import invocation

app = typer.Typer()


@app.command()
def register(
    context: typer.Context,
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="The address to log in with.")],
    *,
    name: Annotated[
        str | None, typer.Option(metavar="NAME", help="What the user is called.")
    ] = None,
    idempotency_key: Annotated[
        str | None,
        typer.Option(
            metavar="KEY", help="Make up a key, to run the same again and make one user only."
        ),
    ] = None,
    password_stdin: PasswordStdin = False,
) -> None:
    """Register a user. The password is asked for twice."""
    cli = invocation(context)
    password = cli.terminal.new_password("Password", from_stdin=password_stdin, called="password")
    command = RegisterUser(
        email=email,
        password=password,
        name=name,
        log_in=False,
        idempotency_key=idempotency_key,
        actor=cli.operator,
    )
    registered = cli.call(lambda use_cases: use_cases.register_user(command))
    done = "Registered before:" if registered.is_replay else "Registered"
    show_user(cli, registered.user, f"{done} {registered.user.email}.")


@app.command()
def show(context: typer.Context, user: Who) -> None:
    """Show a user."""
    cli = invocation(context)
    query = GetUser(actor=cli.operator, user=read_who(user))
    show_user(cli, cli.call(lambda use_cases: use_cases.get_user(query)))
