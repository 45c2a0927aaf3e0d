"""Log lines around the steps of operators' commands, with durations."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

logger: Final = logging.getLogger("armature.upkeep")


@contextmanager
def log_step(what: str) -> Iterator[None]:
    """Log at `debug` that `what` begins, and at `info` that it ended or failed.

    An error is logged by its class only: the caller reports the rest.
    """
    logger.debug("%s: begun", what)
    began = time.perf_counter()
    try:
        yield
    except BaseException as error:
        failure = type(error).__name__
        _over(what, time.perf_counter() - began, f"failed ({failure}) after", failure)
        raise
    _over(what, time.perf_counter() - began, "took", None)


def _over(what: str, seconds: float, how: str, failure: str | None) -> None:
    milliseconds = seconds * 1000
    facts = {"step": what, "duration_ms": round(milliseconds, 3), "failure": failure}
    logger.info("%s: %s %.1f ms", what, how, milliseconds, extra=facts)
