"""Output of a user."""

from application.user.views import UserView
from entrypoints.cli.invocation import Invocation
from entrypoints.cli.rendering import as_fields
from entrypoints.cli.serializers import user_to_dict


def show_user(cli: Invocation, user: UserView, done: str = "") -> None:
    """Print the user; `done` tells a person what happened to them."""
    if done:
        cli.terminal.note(done)
    facts = user_to_dict(user)
    cli.terminal.show({"user": facts}, lambda _: as_fields(facts))
