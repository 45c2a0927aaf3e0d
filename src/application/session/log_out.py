"""Log out."""

from dataclasses import dataclass

from application.actor import Account
from application.ports.clock import Clock
from application.ports.session_repository import SESSIONS
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.session.events import EndReason


@dataclass(frozen=True, slots=True, kw_only=True)
class LogOut:
    actor: Account


@dataclass(frozen=True, slots=True, kw_only=True)
class LogOutHandler:
    """End the session of the caller."""

    unit_of_work: UnitOfWorkFactory
    clock: Clock

    async def __call__(self, command: LogOut) -> None:
        async with self.unit_of_work() as uow:
            session = await uow.repository(SESSIONS).get(command.actor.session_id)
            if session is None:
                return
            session.end(EndReason.LOGGED_OUT, self.clock.now())
            await uow.repository(SESSIONS).save(session)
            await uow.commit()
