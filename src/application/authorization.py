"""Authorization under lock: what closes the gap between check and use (CWE-367, TOCTOU).

The actor of a command was looked up when its token was checked, up to a second ago and outside of
the transaction. So whoever writes locks the account and the session that act, and checks both
again, in the unit of work that writes; a revocation either comes before and is seen, or waits.
"""

from datetime import datetime
from uuid import UUID

from application.actor import Account, Actor, require_admin, require_owner
from application.ports.unit_of_work import UnitOfWork
from application.ports.user_repository import USERS, Locked
from domain.errors import Forbidden
from domain.session.errors import SessionRevoked
from domain.user.errors import LastAdmin, UserNotFound
from domain.user.role import ADMIN
from domain.user.user import User


async def lock_as_admin(
    uow: UnitOfWork, actor: Actor, user_id: UUID, now: datetime, *, keep_an_admin: bool = False
) -> User:
    """Return the account, locked, that `actor` administers at this moment.

    Raises SessionRevoked, Forbidden or UserNotFound; with `keep_an_admin` also LastAdmin.
    """
    require_admin(actor)
    locked = await _lock(uow, actor, user_id, now, keep_an_admin=keep_an_admin)
    if locked.actor is not None and ADMIN not in locked.actor.roles:
        raise Forbidden(context={"needs": ADMIN.name, "user_id": str(locked.actor.id)})
    return _the_user(locked, user_id)


async def lock_as_owner(
    uow: UnitOfWork, actor: Actor, user_id: UUID, now: datetime, *, keep_an_admin: bool = False
) -> User:
    """Return the account, locked, that is the actor's own; an operator acts for everybody.

    Raises Forbidden, SessionRevoked or UserNotFound; with `keep_an_admin` also LastAdmin.
    """
    require_owner(actor, user_id)
    locked = await _lock(uow, actor, user_id, now, keep_an_admin=keep_an_admin)
    return _the_user(locked, user_id)


async def _lock(
    uow: UnitOfWork, actor: Actor, user_id: UUID, now: datetime, *, keep_an_admin: bool
) -> Locked:
    by = actor if isinstance(actor, Account) else None
    # All active admins are locked together, so that two of them cannot go at the same time, each
    # counting on the other.
    locked = await uow.repository(USERS).lock(user_id, by=by, with_active_admins=keep_an_admin)
    if by is not None and not _may_act(by, locked, now):
        raise SessionRevoked
    return locked


def _may_act(by: Account, locked: Locked, now: datetime) -> bool:
    session, actor = locked.session, locked.actor
    return (
        actor is not None
        and actor.is_active
        and session is not None
        and session.user_id == by.user_id
        and session.is_live(now)
    )


def _the_user(locked: Locked, user_id: UUID) -> User:
    if locked.active_admins == {user_id}:
        raise LastAdmin
    if locked.user is None:
        raise UserNotFound
    return locked.user
