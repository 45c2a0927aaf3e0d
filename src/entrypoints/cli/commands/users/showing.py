"""A user as the result of a command."""

from application.user.views import UserView
from entrypoints.cli.facts import of_user
from entrypoints.cli.invocation import Invocation
from entrypoints.cli.rendering import as_fields


def show_user(cli: Invocation, user: UserView, done: str = "") -> None:
    """Print the user; `done` tells a person what happened to them."""
    if done:
        cli.terminal.note(done)
    facts = of_user(user)
    cli.terminal.show({"user": facts}, lambda _: as_fields(facts))
