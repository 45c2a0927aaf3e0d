"""Log lines and metrics of domain events."""

import logging
from collections.abc import Iterator
from dataclasses import fields
from typing import Final

from application.context import call_context
from application.metrics import AUTHENTICATIONS, BUSINESS_EVENTS
from application.ports.meter import Meter
from domain.events import DomainEvent
from domain.session.events import LogInFailed, SessionOpened
from domain.user.errors import InvalidCredentials, UserInactive

logger: Final = logging.getLogger("armature.events")
SUCCESS: Final = "success"


class EventLogger:
    """Logs and counts each domain event after its commit."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        for result in (SUCCESS, *map(_result, (InvalidCredentials.code, UserInactive.code))):
            meter.add(AUTHENTICATIONS, result, amount=0)
        for kind in _kinds(DomainEvent):
            meter.add(BUSINESS_EVENTS, kind.__name__, amount=0)

    async def handle(self, event: DomainEvent) -> None:
        name = type(event).__name__
        self._meter.add(BUSINESS_EVENTS, name)
        if isinstance(event, LogInFailed):
            self._meter.add(AUTHENTICATIONS, _result(event.reason))
        elif isinstance(event, SessionOpened):
            self._meter.add(AUTHENTICATIONS, SUCCESS)
        self._log(name, event)

    def _log(self, name: str, event: DomainEvent) -> None:
        if not logger.isEnabledFor(logging.INFO):
            return
        facts = {
            f.name: _plain(getattr(event, f.name))
            for f in fields(event)
            if f.name not in {"occurred_at", "user_id"}
        }
        facts |= {"about_user": _plain(event.user_id)}
        facts |= {"client": call_context.get().client_address}
        words = " ".join(f"{key}={value}" for key, value in facts.items() if value is not None)
        logger.info("%s %s", name, words, extra={"event_type": name, **facts})


def _result(reason: str) -> str:
    return reason.removeprefix("AUTH_").lower()


def _kinds(kind: type[DomainEvent]) -> Iterator[type[DomainEvent]]:
    """Yield every imported event class, which are all that can occur in this process."""
    for each in kind.__subclasses__():
        yield each
        yield from _kinds(each)


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, tuple | list | frozenset | set):
        return [str(each) for each in value]
    return str(value)
