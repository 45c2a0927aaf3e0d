"""Close an account."""

from dataclasses import dataclass, field
from uuid import UUID

from application.actor import Actor
from application.authorization import lock_as_owner
from application.ports.audit_trail import AUDIT_TRAIL
from application.ports.clock import Clock
from application.ports.id_generator import IdGenerator
from application.ports.session_repository import SESSIONS
from application.ports.unit_of_work import UnitOfWorkFactory
from application.ports.user_repository import USERS
from application.user.reauthentication import Reauthentication
from domain.session.events import EndReason


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseAccount:
    actor: Actor
    user_id: UUID
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseAccountHandler:
    """Erase personal data, free the address and end all sessions; irreversible."""

    unit_of_work: UnitOfWorkFactory
    reauthenticate: Reauthentication
    ids: IdGenerator
    clock: Clock

    async def __call__(self, command: CloseAccount) -> None:
        proof = await self.reauthenticate(command.actor, command.user_id, command.password)
        now = self.clock.now()
        async with self.unit_of_work() as uow:
            user = await lock_as_owner(uow, command.actor, command.user_id, now, keep_an_admin=True)
            proof.check(user)
            ended = await uow.repository(SESSIONS).end_all(user.id, EndReason.CLOSED, now)
            user.sessions_ended(ended, EndReason.CLOSED, now)
            await uow.repository(SESSIONS).forget_clients(user.id)
            await uow.repository(AUDIT_TRAIL).forget_clients(user.id)
            user.close(now, self.ids.new_id())
            await uow.repository(USERS).save(user)
            await uow.commit()
