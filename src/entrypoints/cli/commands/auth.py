"""`auth` commands: a client's log-in, refresh, log-out. Tokens are never arguments."""

from typing import TYPE_CHECKING, Annotated

import typer

from application.actor import Account
from application.session.authenticate import Authenticate
from application.session.log_in import LogIn
from application.session.log_out import LogOut
from application.session.log_out_everywhere import LogOutEverywhere
from application.session.refresh_session import RefreshSession
from entrypoints.cli.arguments import PasswordStdin
from entrypoints.cli.invocation import Invocation, invocation
from entrypoints.cli.rendering import as_fields
from entrypoints.cli.serializers import account_to_dict, tokens_to_dict, user_to_dict

if TYPE_CHECKING:
    from application.use_cases import UseCases

app = typer.Typer()


@app.command()
def login(
    context: typer.Context,
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="The user's address.")],
    *,
    password_stdin: PasswordStdin = False,
) -> None:
    """Log in and print the tokens. The password is asked for."""
    cli = invocation(context)
    password = cli.terminal.secret("Password", from_stdin=password_stdin, option="--password-stdin")
    command = LogIn(email=email, password=password)
    logged_in = cli.call(lambda use_cases: use_cases.log_in(command))
    tokens = tokens_to_dict(logged_in.tokens)
    cli.terminal.note(f"Logged in as {logged_in.user.email}.")
    cli.terminal.show({"user": user_to_dict(logged_in.user), **tokens}, lambda _: as_fields(tokens))


@app.command()
def refresh(context: typer.Context) -> None:
    """Exchange a refresh token for the next pair. It is asked for, or read from stdin."""
    cli = invocation(context)
    command = RefreshSession(refresh_token=_token(cli, "Refresh token"))
    tokens = tokens_to_dict(cli.call(lambda use_cases: use_cases.refresh_session(command)))
    cli.terminal.show(tokens, lambda _: as_fields(tokens))


@app.command()
def logout(context: typer.Context) -> None:
    """End the session of an access token. It is asked for, or read from stdin."""
    cli = invocation(context)
    query = Authenticate(access_token=_token(cli, "Access token"))

    async def log_out(use_cases: "UseCases") -> None:
        await use_cases.log_out(LogOut(actor=await use_cases.authenticate(query)))

    cli.call(log_out)
    cli.terminal.show({"sessions_ended": 1}, lambda _: "Logged out.")


@app.command()
def logout_all(context: typer.Context) -> None:
    """End all sessions of an access token's user. It is asked for, or read from stdin."""
    cli = invocation(context)
    query = Authenticate(access_token=_token(cli, "Access token"))

    async def log_out(use_cases: "UseCases") -> int:
        account = await use_cases.authenticate(query)
        return await use_cases.log_out_everywhere(
            LogOutEverywhere(actor=account, user_id=account.user_id)
        )

    ended = cli.call(log_out)
    cli.terminal.show(
        {"sessions_ended": ended}, lambda _: f"Logged out everywhere. Sessions ended: {ended}"
    )


@app.command()
def verify(context: typer.Context) -> None:
    """Tell who an access token speaks for. It is asked for, or read from stdin."""
    cli = invocation(context)
    query = Authenticate(access_token=_token(cli, "Access token"))
    account: Account = cli.call(lambda use_cases: use_cases.authenticate(query))
    facts = account_to_dict(account)
    cli.terminal.show({"account": facts}, lambda _: as_fields(facts))


def _token(cli: Invocation, label: str) -> str:
    return cli.terminal.secret(label, from_stdin=False).strip()
