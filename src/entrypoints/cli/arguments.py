"""Arguments shared by several commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from application.user.get_user import GetUser
from domain.text import Bound
from entrypoints.cli.errors import WrongUsage

WORD = Bound(64, 64)
"""Of what is a UUID, a time or a yes: each has half of it."""
_SHOWN = 80

if TYPE_CHECKING:
    from application.actor import Actor
    from application.use_cases import UseCases

Who = Annotated[str, typer.Argument(metavar="EMAIL|ID", help="The user's e-mail address, or id.")]
PasswordStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Do it without asking.")]


def read_who(text: str) -> UUID | str:
    """Tell addresses from ids: an address has an @, and only an address."""
    return text if "@" in text else read_id(text, "neither an e-mail address nor a user's id")


def read_id(text: str, otherwise: str) -> UUID:
    """Read a UUID; raises WrongUsage, which says what the text is `otherwise`."""
    try:
        return UUID(text if WORD.admits(text) else "")
    except ValueError:
        raise WrongUsage(f"{shortened(text)!r} is {otherwise} (a UUID).") from None


def shortened(text: str) -> str:
    """Give as much of an argument as a message repeats."""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


async def find_id(use_cases: UseCases, actor: Actor, who: UUID | str) -> UUID:
    """Give the id of the user with this address; raises UserNotFound."""
    if isinstance(who, UUID):
        return who
    return (await use_cases.get_user(GetUser(actor=actor, user=who))).id
