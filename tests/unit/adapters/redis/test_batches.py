import asyncio
from collections.abc import Sequence
from contextvars import ContextVar
from typing import Any

import pytest

from adapters.redis.batches import MOST, Batches, Command

whose: ContextVar[str] = ContextVar("whose", default="nobody's")


class Wire:
    """Answers each command with itself, once it is let."""

    def __init__(self) -> None:
        self.sent: list[list[Command]] = []
        self.contexts: list[str] = []
        self.open = asyncio.Event()
        self.open.set()
        self.asked = asyncio.Event()
        self.failures: dict[str, Exception] = {}
        self.outage: Exception | None = None

    async def send(self, commands: Sequence[Command]) -> Sequence[Any]:
        self.sent.append(list(commands))
        self.contexts.append(whose.get())
        self.asked.set()
        await self.open.wait()
        if self.outage is not None:
            raise self.outage
        return [self.failures.get(str(command[0]), command[0]) for command in commands]


@pytest.fixture
async def wire() -> Wire:
    return Wire()


async def all_of(batches: Batches, *names: str) -> list[Any]:
    return await asyncio.gather(*(batches.run([name]) for name in names), return_exceptions=True)


async def test_each_gets_its_own_answer(wire: Wire) -> None:
    assert await all_of(Batches(wire.send), "a", "b", "c") == ["a", "b", "c"]


async def test_who_comes_while_others_are_under_way_goes_with_the_next(wire: Wire) -> None:
    batches = Batches(wire.send)
    wire.open.clear()
    first = asyncio.create_task(batches.run(["first"]))
    await wire.asked.wait()

    others = asyncio.create_task(all_of(batches, "a", "b", "c"))
    await asyncio.sleep(0)
    wire.open.set()

    assert await first == "first"
    assert await others == ["a", "b", "c"]
    assert wire.sent == [[["first"]], [["a"], ["b"], ["c"]]]


async def test_a_refusal_is_for_whom_it_is_meant(wire: Wire) -> None:
    wire.failures["b"] = error = ValueError("no")

    assert await all_of(Batches(wire.send), "a", "b", "c") == ["a", error, "c"]


async def test_an_outage_is_everybodys_and_then_it_is_over(wire: Wire) -> None:
    batches = Batches(wire.send)
    wire.outage = error = OSError("gone")

    assert await all_of(batches, "a", "b") == [error, error]
    wire.outage = None
    assert await batches.run(["c"]) == "c"


async def test_who_is_cancelled_leaves_the_others_be(wire: Wire) -> None:
    batches = Batches(wire.send)
    wire.open.clear()
    first, second = (asyncio.create_task(batches.run([name])) for name in ("first", "second"))
    await wire.asked.wait()

    first.cancel()
    wire.open.set()

    assert await second == "second"
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_who_is_cancelled_before_it_set_out_does_not_set_out(wire: Wire) -> None:
    batches = Batches(wire.send)
    wire.open.clear()
    first = asyncio.create_task(batches.run(["first"]))
    await wire.asked.wait()
    second = asyncio.create_task(batches.run(["second"]))
    await asyncio.sleep(0)

    second.cancel()
    await asyncio.wait([second])
    wire.open.set()
    await first

    assert await batches.run(["third"]) == "third"
    assert wire.sent == [[["first"]], [["third"]]]


async def test_no_answer_waits_for_very_many_others(wire: Wire) -> None:
    await all_of(Batches(wire.send), *map(str, range(MOST + 1)))

    assert [len(batch) for batch in wire.sent] == [MOST, 1]


async def test_what_sets_out_is_no_part_of_the_request_that_came_first(wire: Wire) -> None:
    whose.set("mine")

    await Batches(wire.send).run(["a"])

    assert wire.contexts == ["nobody's"]


async def test_closing_waits_for_what_is_under_way(wire: Wire) -> None:
    batches = Batches(wire.send)
    wire.open.clear()
    asking = asyncio.create_task(batches.run(["a"]))
    await wire.asked.wait()
    closing = asyncio.create_task(batches.close())
    await asyncio.sleep(0)
    assert not closing.done()

    wire.open.set()
    await closing

    assert await asking == "a"
