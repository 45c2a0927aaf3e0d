from dataclasses import dataclass
from typing import cast

import pytest

from application import handlers
from application.handlers import HANDLERS, Assembly, command_of
from application.ports.database import Database
from application.ports.unit_of_work import RepositoryKey, UnitOfWorkFactory


class Readers:
    def reader(self, key: RepositoryKey[object]) -> RepositoryKey[object]:
        return key


def an_assembly(**parts: object) -> Assembly:
    return Assembly(parts, cast("Database", Readers()))


@dataclass
class Service:
    unit_of_work: UnitOfWorkFactory


@dataclass
class Handler:
    service: Service
    clock: object = None


def test_a_missing_part_is_named_with_the_class_that_needs_it() -> None:
    with pytest.raises(LookupError, match="Handler needs a part named 'service'"):
        an_assembly(clock=1).build(Handler)


def test_services_are_made_once_of_the_same_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handlers, "SERVICES", {"service": Service})
    assembly = an_assembly(clock=1, unit_of_work="units")

    one, two = assembly.build(Handler), assembly.build(Handler)

    assert one.service is two.service is assembly.part("service")
    assert one.service.unit_of_work == "units"


def test_a_handler_writes_if_a_service_of_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not an_assembly().writes(Handler)

    monkeypatch.setattr(handlers, "SERVICES", {"service": Service})

    assert an_assembly().writes(Handler)


@pytest.mark.parametrize("name", HANDLERS)
def test_every_handler_takes_a_command_of_its_module(name: str) -> None:
    assert command_of(HANDLERS[name]).__module__ == HANDLERS[name].__module__
