"""Actors (account or operator) and their permission checks."""

from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID

from domain.errors import Forbidden
from domain.user.role import ADMIN, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A user who is logged in, with the roles of the moment the session was checked."""

    user_id: UUID
    session_id: UUID
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class Operator:
    """A person at the command line of the service itself, by the name the system knows."""

    os_user: str


Actor = Account | Operator

acting: ContextVar[Actor | None] = ContextVar("acting", default=None)
"""Who acts in the use case in hand, for the audit trail alone; None when its command names nobody.

Permissions are checked against the command's own actor, where they can be read.
"""


def require_admin(actor: Actor) -> None:
    """Raise Forbidden unless `actor` is an admin; an operator passes, and is recorded as one."""
    if isinstance(actor, Account) and ADMIN not in actor.roles:
        raise Forbidden(context={"needs": ADMIN.name, "user_id": str(actor.user_id)})


def require_other(actor: Actor, user_id: UUID) -> None:
    """Raise Forbidden when an account acts on itself: nobody extends their own authority.

    Otherwise an admin who is being removed could win the race, by putting themselves back.
    """
    if isinstance(actor, Account) and actor.user_id == user_id:
        raise Forbidden(
            "Nobody does this to their own account. Ask another admin.",
            context={"user_id": str(user_id)},
        )


def require_owner(actor: Actor, user_id: UUID) -> None:
    """Raise Forbidden unless `user_id` is the actor's own; an operator acts for everybody."""
    if isinstance(actor, Account) and actor.user_id != user_id:
        raise Forbidden(context={"owner": str(user_id), "user_id": str(actor.user_id)})


def require_operator(actor: Actor) -> None:
    """Raise Forbidden unless `actor` is at the command line of the service."""
    if isinstance(actor, Account):
        raise Forbidden(context={"needs": "operator", "user_id": str(actor.user_id)})
