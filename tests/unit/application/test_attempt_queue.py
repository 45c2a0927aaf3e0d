import asyncio

from application.limits.attempt_queue import MAX_WAITING, AttemptQueue
from application.ports.rate_limiter import Ruling

FULL, FREE = Ruling((), ("unfinished",)), Ruling(())
LONG = 60.0


class Places:
    """A limiter of one place for everybody, which counts how often it is asked."""

    def __init__(self) -> None:
        self.queue = AttemptQueue()
        self.is_taken = False
        self.asked = 0
        self.order: list[int] = []

    async def ask(self) -> Ruling:
        self.asked += 1
        await asyncio.sleep(0)
        if self.is_taken:
            return FULL
        self.is_taken = True
        return FREE

    async def enter(self, number: int = 0, patience: float = LONG) -> Ruling | None:
        ruling = await self.queue.enter("a", self.ask, lambda each: each is FULL, patience)
        if ruling is not None:
            self.order.append(number)
        return ruling

    def leave(self) -> None:
        self.is_taken = False
        self.queue.release("a")


async def test_callers_get_in_one_after_another_in_their_order() -> None:
    places = Places()

    async def visit(number: int) -> None:
        await places.enter(number)
        for _ in range(3):
            await asyncio.sleep(0)
        places.leave()

    await asyncio.gather(*(visit(number) for number in range(40)))

    assert places.order == list(range(40))
    assert len(places.queue) == 0


async def test_only_the_first_of_those_who_wait_asks() -> None:
    places = Places()
    await places.enter()
    waiting = [asyncio.create_task(places.enter(number)) for number in range(50)]
    for _ in range(10):
        await asyncio.sleep(0)
    asked = places.asked

    places.leave()
    await waiting[0]

    # Each asked once when it came, while there was no queue yet, and the first of them again.
    assert places.asked - asked <= 2
    for each in waiting:
        each.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert len(places.queue) == 0


async def test_a_place_that_another_process_freed_is_found_soon() -> None:
    places = Places()
    await places.enter()
    waiting = asyncio.create_task(places.enter(1))
    await asyncio.sleep(0)
    places.is_taken = False

    assert await waiting is FREE


async def test_patience_ends() -> None:
    places = Places()
    await places.enter()

    first, second = await asyncio.gather(places.enter(1, 0.02), places.enter(2, 0.01))

    assert (first, second) == (None, None)


async def test_past_a_bound_nobody_waits() -> None:
    places = Places()
    await places.enter()
    waiting = [asyncio.create_task(places.enter(number)) for number in range(MAX_WAITING)]
    for _ in range(5):
        await asyncio.sleep(0)

    assert await places.enter() is None
    for each in waiting:
        each.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
