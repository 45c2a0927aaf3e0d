"""What happened, in the log and in numbers."""

import logging
from dataclasses import fields
from typing import Final

from application.context import call_context
from application.metrics import AUTHENTICATIONS, BUSINESS_EVENTS
from application.ports.meter import Meter
from domain.events import DomainEvent
from domain.session.events import LogInFailed, SessionOpened

logger: Final = logging.getLogger("armature.events")
SUCCESS: Final = "success"


class ToldEvents:
    """Hears each event once it is true."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter

    async def hear(self, event: DomainEvent) -> None:
        name = type(event).__name__
        self._meter.add(BUSINESS_EVENTS, name)
        if isinstance(event, LogInFailed):
            self._meter.add(AUTHENTICATIONS, event.reason.removeprefix("AUTH_").lower())
        elif isinstance(event, SessionOpened):
            self._meter.add(AUTHENTICATIONS, SUCCESS)
        self._tell(name, event)

    def _tell(self, name: str, event: DomainEvent) -> None:
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


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, tuple | list | frozenset | set):
        return [str(each) for each in value]
    return str(value)
