"""The rule that somebody can always administer."""

from uuid import UUID

from application.ports.unit_of_work import UnitOfWork
from domain.user.errors import LastAdmin, UserNotFound
from domain.user.user import User


async def lock_replaceable(uow: UnitOfWork, user_id: UUID) -> User:
    """Give the account, locked, if the service can do without it as an admin.

    All admins are locked with it, so that two of them cannot go at the same time, each counting
    on the other. Raises LastAdmin, or UserNotFound.
    """
    admins = await uow.users.lock_active_admins(also=user_id)
    if admins == {user_id}:
        raise LastAdmin
    user = await uow.users.get(user_id)
    if user is None:
        raise UserNotFound
    return user
