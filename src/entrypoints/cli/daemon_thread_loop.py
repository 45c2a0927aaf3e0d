"""Event loop whose executor threads are daemons, so that exit never waits for one."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor, Future
from typing import Any, TypeVar

R = TypeVar("R")


class DaemonThreadLoop(asyncio.SelectorEventLoop):
    """Runs `run_in_executor` in daemon threads.

    asyncio resolves names in an executor thread and joins it at the end: up to half a minute if the
    name servers do not answer, long after the call has timed out.
    """

    def run_in_executor(  # type: ignore[override]  # its own is typed more widely than it is
        self,
        executor: Executor | None,
        func: Callable[..., R],
        *args: Any,  # noqa: ANN401 - as there
    ) -> asyncio.Future[R]:
        if executor is not None:
            return super().run_in_executor(executor, func, *args)
        done: Future[R] = Future()

        def work() -> None:
            if not done.set_running_or_notify_cancel():
                return
            try:
                done.set_result(func(*args))
            except BaseException as error:  # noqa: BLE001 - raised in the caller
                done.set_exception(error)

        threading.Thread(target=work, daemon=True).start()
        return asyncio.wrap_future(done, loop=self)


def run(call: Coroutine[Any, Any, R]) -> R:
    """Run a coroutine as `asyncio.run` does, in such a loop."""
    with asyncio.Runner(loop_factory=DaemonThreadLoop) as runner:
        return runner.run(call)
