"""Every order in which concurrent work can take its steps."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import TypeVar

T = TypeVar("T")


class Steps:
    """Lets one of those who wait for their turn go on at a time, as `choices` say.

    A choice is a number among those who wait, in the order in which they came; where `choices`
    end it is the first. `widths` tells how many there were to choose from.
    """

    def __init__(self, choices: list[int]) -> None:
        self._choices = choices
        self._waiting: list[asyncio.Future[None]] = []
        self.widths: list[int] = []

    async def turn(self) -> None:
        """Wait until it is one's turn."""
        mine = asyncio.get_running_loop().create_future()
        self._waiting.append(mine)
        await mine

    async def run(self, *work: Coroutine[object, object, T]) -> list[T]:
        tasks = [asyncio.create_task(one) for one in work]
        while not all(task.done() for task in tasks):
            await self._come_to_rest()
            if self._waiting:
                step = len(self.widths)
                self.widths.append(len(self._waiting))
                choice = self._choices[step] if step < len(self._choices) else 0
                self._waiting.pop(choice).set_result(None)
        return [task.result() for task in tasks]

    async def _come_to_rest(self) -> None:
        for _ in range(7):
            await asyncio.sleep(0)


def all_orders(scene: Callable[[Steps], Awaitable[None]], *, most: int) -> int:
    """Play the scene in every order, the latest choice changing first; give how many, up to `most`.

    A scene must do the same whenever the choices are the same.
    """

    async def play() -> int:
        choices: list[int] = []
        for played in range(1, most + 1):
            steps = Steps(choices)
            try:
                await scene(steps)
            except BaseException as error:
                error.add_note(f"choices: {choices}")
                raise
            widths = steps.widths
            choices = [*choices, *[0] * (len(widths) - len(choices))]
            while choices and choices[-1] == widths[len(choices) - 1] - 1:
                choices.pop()
            if not choices:
                return played
            choices[-1] += 1
        return most

    return asyncio.run(play())
