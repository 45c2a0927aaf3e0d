"""`users` commands: register, show, list, update, deactivate, delete, roles, passwords."""

from typing import TYPE_CHECKING, Annotated

import typer

from application.user.activate_user import ActivateUser
from application.user.change_password import ChangePassword
from application.user.close_account import CloseAccount
from application.user.deactivate_user import DeactivateUser
from application.user.get_user import GetUser
from application.user.grant_role import GrantRole
from application.user.list_users import ListUsers
from application.user.register_user import RegisterUser
from application.user.revoke_role import RevokeRole
from application.user.update_profile import UNSET, Unset, UpdateProfile
from entrypoints.cli.arguments import (
    AllPages,
    Cursor,
    PasswordStdin,
    Who,
    Yes,
    limit_option,
    page_limit,
    read_who,
)
from entrypoints.cli.errors import WrongUsage
from entrypoints.cli.invocation import invocation, read_page

if TYPE_CHECKING:
    from uuid import UUID

    from application.use_cases import UseCases

app = typer.Typer()

RoleName = Annotated[str, typer.Argument(metavar="ROLE", help="One of `ROLES`, as `admin`.")]


@app.command()
def register(
    context: typer.Context,
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="The address to log in with.")],
    *,
    name: Annotated[str | None, typer.Option(metavar="NAME", help="The user's name.")] = None,
    idempotency_key: Annotated[
        str | None,
        typer.Option(
            metavar="KEY", help="Any text; a repeated command with it registers no second user."
        ),
    ] = None,
    password_stdin: PasswordStdin = False,
) -> None:
    """Register a user. Asks twice for the password."""
    cli = invocation(context)
    command = RegisterUser(
        email=email,
        password=cli.terminal.new_password(
            "Password", from_stdin=password_stdin, called="password"
        ),
        name=name,
        log_in=False,
        idempotency_key=idempotency_key,
        actor=cli.operator,
    )
    registered = cli.call(lambda use_cases: use_cases.register_user(command))
    done = "Registered before:" if registered.is_replay else "Registered"
    cli.show_user(registered.user, f"{done} {registered.user.email}.")


@app.command()
def show(context: typer.Context, user: Who) -> None:
    """Show a user."""
    cli = invocation(context)
    query = GetUser(actor=cli.operator, user=read_who(user))
    cli.show_user(cli.call(lambda use_cases: use_cases.get_user(query)))


@app.command("list")
def list_users(
    context: typer.Context,
    *,
    email: Annotated[
        str | None, typer.Option(metavar="PREFIX", help="Only addresses with this prefix.")
    ] = None,
    active: Annotated[
        bool | None, typer.Option("--active/--inactive", help="Only users in this state.")
    ] = None,
    limit: Annotated[int | None, limit_option("users")] = None,
    cursor: Cursor = None,
    all_pages: AllPages = False,
) -> None:
    """List users, the newest first."""
    cli = invocation(context)
    query = ListUsers(
        actor=cli.operator,
        limit=page_limit(limit, all_pages=all_pages),
        cursor=cursor,
        email_prefix=email,
        is_active=active,
    )
    page = cli.call(lambda use_cases: read_page(use_cases.list_users, query, all_pages=all_pages))
    cli.show_page(
        "users",
        page,
        ("id", "email", "name", "roles", "state"),
        lambda user: (
            *(user.id, user.email, user.name, user.roles),
            "active" if user.is_active else "inactive",
        ),
    )


@app.command()
def update(
    context: typer.Context,
    user: Who,
    *,
    name: Annotated[str | None, typer.Option(metavar="NAME", help="The new name.")] = None,
    clear_name: Annotated[bool, typer.Option("--clear-name", help="Remove the name.")] = False,
    bio: Annotated[str | None, typer.Option(metavar="HTML", help="The new bio.")] = None,
    clear_bio: Annotated[bool, typer.Option("--clear-bio", help="Remove the bio.")] = False,
    website: Annotated[str | None, typer.Option(metavar="URL", help="The new website.")] = None,
    clear_website: Annotated[
        bool, typer.Option("--clear-website", help="Remove the website.")
    ] = False,
    email: Annotated[
        str | None, typer.Option(metavar="EMAIL", help="The new address to log in with.")
    ] = None,
) -> None:
    """Change a user's name, bio, website or address. Other fields stay as they are."""
    new_name = _change("name", name, clear=clear_name)
    new_bio = _change("bio", bio, clear=clear_bio)
    new_website = _change("website", website, clear=clear_website)
    if email is None and new_name is new_bio is new_website is UNSET:
        raise WrongUsage(
            "Nothing to change: give --name, --bio, --website or --email, or one of the --clear-..."
        )
    cli = invocation(context)
    changed = cli.call_for(
        read_who(user),
        lambda use_cases, user_id: use_cases.update_profile(
            UpdateProfile(
                actor=cli.operator,
                user_id=user_id,
                name=new_name,
                bio=new_bio,
                website=new_website,
                email=UNSET if email is None else email,
            )
        ),
    )
    cli.show_user(changed, f"Updated {changed.email}.")


@app.command()
def change_password(
    context: typer.Context, user: Who, *, password_stdin: PasswordStdin = False
) -> None:
    """Set a user's password and end all their sessions. Asks twice for the password."""
    cli, who = invocation(context), read_who(user)
    password = cli.terminal.new_password(
        "New password", from_stdin=password_stdin, called="new_password"
    )
    ended = cli.call_for(
        who,
        lambda use_cases, user_id: use_cases.change_password(
            ChangePassword(actor=cli.operator, user_id=user_id, new_password=password)
        ),
    ).sessions_ended
    cli.terminal.show({"sessions_ended": ended}, f"Password changed. Sessions ended: {ended}")


@app.command()
def deactivate(context: typer.Context, user: Who) -> None:
    """Deactivate a user and end all their sessions."""
    cli = invocation(context)
    changed = cli.call_for(
        read_who(user),
        lambda use_cases, user_id: use_cases.deactivate_user(
            DeactivateUser(actor=cli.operator, user_id=user_id)
        ),
    )
    cli.show_user(changed, f"Deactivated {changed.email}.")


@app.command()
def activate(context: typer.Context, user: Who) -> None:
    """Activate a deactivated user."""
    cli = invocation(context)
    changed = cli.call_for(
        read_who(user),
        lambda use_cases, user_id: use_cases.activate_user(
            ActivateUser(actor=cli.operator, user_id=user_id)
        ),
    )
    cli.show_user(changed, f"Activated {changed.email}.")


@app.command()
def delete(context: typer.Context, user: Who, *, yes: Yes = False) -> None:
    """Close an account for good: erase its personal data, and free its address."""
    cli, who = invocation(context), read_who(user)
    if not yes:
        cli.terminal.confirm(f"Delete {who}? This cannot be undone.")

    async def close(use_cases: "UseCases", user_id: "UUID") -> "UUID":
        await use_cases.close_account(CloseAccount(actor=cli.operator, user_id=user_id))
        return user_id

    closed = cli.call_for(who, close)
    cli.terminal.show({"deleted": {"id": closed}}, f"Deleted {closed}.")


@app.command()
def grant(context: typer.Context, user: Who, role: RoleName) -> None:
    """Grant a role to a user."""
    cli = invocation(context)
    changed = cli.call_for(
        read_who(user),
        lambda use_cases, user_id: use_cases.grant_role(
            GrantRole(actor=cli.operator, user_id=user_id, role=role)
        ),
    )
    cli.show_user(changed, f"{changed.email} has the role {role}.")


@app.command()
def revoke(context: typer.Context, user: Who, role: RoleName) -> None:
    """Revoke a role from a user."""
    cli = invocation(context)
    changed = cli.call_for(
        read_who(user),
        lambda use_cases, user_id: use_cases.revoke_role(
            RevokeRole(actor=cli.operator, user_id=user_id, role=role)
        ),
    )
    cli.show_user(changed, f"{changed.email} does not have the role {role}.")


def _change(field: str, text: str | None, *, clear: bool) -> str | Unset | None:
    if clear and text is not None:
        raise WrongUsage(f"Give --{field} or --clear-{field}, not both.")
    return None if clear else UNSET if text is None else text
