"""`users grant` and `users revoke`."""

from typing import TYPE_CHECKING, Annotated

import typer

from application.user.grant_role import GrantRole
from application.user.revoke_role import RevokeRole
from application.user.views import UserView
from entrypoints.cli.arguments import Who, find_id, read_who
from entrypoints.cli.commands.users.showing import show_user
from entrypoints.cli.invocation import invocation

if TYPE_CHECKING:
    from application.use_cases import UseCases

app = typer.Typer()

RoleName = Annotated[str, typer.Argument(metavar="ROLE", help="One of `ROLES`, as `admin`.")]


@app.command()
def grant(context: typer.Context, user: Who, role: RoleName) -> None:
    """Give a user a role that exists."""
    cli, who = invocation(context), read_who(user)

    async def change(use_cases: "UseCases") -> UserView:
        user_id = await find_id(use_cases, cli.operator, who)
        return await use_cases.grant_role(GrantRole(actor=cli.operator, user_id=user_id, role=role))

    changed = cli.call(change)
    show_user(cli, changed, f"{changed.email} has the role {role}.")


@app.command()
def revoke(context: typer.Context, user: Who, role: RoleName) -> None:
    """Take a role from a user."""
    cli, who = invocation(context), read_who(user)

    async def change(use_cases: "UseCases") -> UserView:
        user_id = await find_id(use_cases, cli.operator, who)
        return await use_cases.revoke_role(
            RevokeRole(actor=cli.operator, user_id=user_id, role=role)
        )

    changed = cli.call(change)
    show_user(cli, changed, f"{changed.email} does not have the role {role}.")
