"""`users activate`, `users deactivate` and `users delete`."""

from typing import TYPE_CHECKING

import typer

from application.user.activate_user import ActivateUser
from application.user.close_account import CloseAccount
from application.user.deactivate_user import DeactivateUser
from application.user.views import UserView
from entrypoints.cli.arguments import Who, Yes, find_id, read_who
from entrypoints.cli.commands.users.showing import show_user
from entrypoints.cli.invocation import invocation

if TYPE_CHECKING:
    from uuid import UUID

    from application.use_cases import UseCases

app = typer.Typer()


@app.command()
def deactivate(context: typer.Context, user: Who) -> None:
    """Shut a user out and end all their sessions."""
    cli, who = invocation(context), read_who(user)

    async def change(use_cases: "UseCases") -> UserView:
        user_id = await find_id(use_cases, cli.operator, who)
        return await use_cases.deactivate_user(DeactivateUser(actor=cli.operator, user_id=user_id))

    changed = cli.call(change)
    show_user(cli, changed, f"Deactivated {changed.email}.")


@app.command()
def activate(context: typer.Context, user: Who) -> None:
    """Let a deactivated user in again."""
    cli, who = invocation(context), read_who(user)

    async def change(use_cases: "UseCases") -> UserView:
        user_id = await find_id(use_cases, cli.operator, who)
        return await use_cases.activate_user(ActivateUser(actor=cli.operator, user_id=user_id))

    changed = cli.call(change)
    show_user(cli, changed, f"Activated {changed.email}.")


@app.command()
def delete(context: typer.Context, user: Who, *, yes: Yes = False) -> None:
    """Close an account for good. Its owner is forgotten, and the address is free again."""
    cli, who = invocation(context), read_who(user)
    if not yes:
        cli.terminal.confirm(f"Delete {who}? This cannot be undone.")

    async def close(use_cases: "UseCases") -> "UUID":
        user_id = await find_id(use_cases, cli.operator, who)
        await use_cases.close_account(CloseAccount(actor=cli.operator, user_id=user_id))
        return user_id

    closed = cli.call(close)
    cli.terminal.show({"deleted": {"id": closed}}, lambda _: f"Deleted {closed}.")
