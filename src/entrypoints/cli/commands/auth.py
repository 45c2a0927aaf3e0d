"""`auth` commands: log in, refresh and log out as a client. Tokens are never arguments."""

from typing import TYPE_CHECKING, Annotated

import typer

from application.session.authenticate import Authenticate
from application.session.log_in import LogIn
from application.session.log_out import LogOut
from application.session.log_out_everywhere import LogOutEverywhere
from application.session.refresh_session import RefreshSession
from entrypoints.cli.arguments import PasswordStdin
from entrypoints.cli.invocation import Invocation, invocation
from entrypoints.cli.rendering import as_fields

if TYPE_CHECKING:
    from application.session.session_opener import TokenPair
    from application.use_cases import UseCases

app = typer.Typer()


@app.command()
def login(
    context: typer.Context,
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="The user's address.")],
    *,
    password_stdin: PasswordStdin = False,
) -> None:
    """Log in and print the tokens. Asks for the password."""
    cli = invocation(context)
    password = cli.terminal.secret("Password", from_stdin=password_stdin, option="--password-stdin")
    command = LogIn(email=email, password=password)
    logged_in = cli.call(lambda use_cases: use_cases.log_in(command))
    tokens = _tokens_to_dict(logged_in.tokens)
    cli.terminal.note(f"Logged in as {logged_in.user.email}.")
    cli.terminal.show({"user": logged_in.user, **tokens}, as_fields(tokens))


@app.command()
def refresh(context: typer.Context) -> None:
    """Exchange a refresh token for the next pair. Asks for the token, or reads it from stdin."""
    cli = invocation(context)
    command = RefreshSession(refresh_token=_token(cli, "Refresh token"))
    tokens = _tokens_to_dict(cli.call(lambda use_cases: use_cases.refresh_session(command)))
    cli.terminal.show(tokens, as_fields(tokens))


@app.command()
def logout(context: typer.Context) -> None:
    """End the session of an access token. Asks for the token, or reads it from stdin."""
    cli = invocation(context)
    query = Authenticate(access_token=_token(cli, "Access token"))

    async def log_out(use_cases: "UseCases") -> None:
        await use_cases.log_out(LogOut(actor=await use_cases.authenticate(query)))

    cli.call(log_out)
    cli.terminal.show({"sessions_ended": 1}, "Logged out.")


@app.command()
def logout_all(context: typer.Context) -> None:
    """End all sessions of an access token's user. Asks for the token, or reads it from stdin."""
    cli = invocation(context)
    query = Authenticate(access_token=_token(cli, "Access token"))

    async def log_out(use_cases: "UseCases") -> int:
        account = await use_cases.authenticate(query)
        return await use_cases.log_out_everywhere(
            LogOutEverywhere(actor=account, user_id=account.user_id)
        )

    ended = cli.call(log_out)
    cli.terminal.show({"sessions_ended": ended}, f"Logged out everywhere. Sessions ended: {ended}")


@app.command()
def verify(context: typer.Context) -> None:
    """Verify an access token and print its account. Asks for the token, or reads it from stdin."""
    cli = invocation(context)
    query = Authenticate(access_token=_token(cli, "Access token"))
    account = cli.call(lambda use_cases: use_cases.authenticate(query))
    shown = {
        "user_id": account.user_id,
        "session_id": account.session_id,
        "roles": sorted(role.name for role in account.roles),
    }
    cli.terminal.show({"account": shown}, as_fields(shown))


def _token(cli: Invocation, label: str) -> str:
    return cli.terminal.secret(label, from_stdin=False).strip()


def _tokens_to_dict(tokens: "TokenPair") -> dict[str, object]:
    return {
        "token": tokens.access_token,
        "token_type": "Bearer",
        "expires_in": tokens.expires_in,
        "refresh_token": tokens.refresh_token,
    }
