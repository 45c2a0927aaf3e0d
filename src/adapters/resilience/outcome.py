"""Outcome of a call as a circuit breaker counts it."""

from asyncio import CancelledError
from enum import Enum, auto

from application.context import call_context
from application.errors import CircuitOpen, DependencyUnavailable, OperationTimedOut
from domain.errors import DomainError

_NOW = 0.01
"""Seconds by which the timer of a deadline may be early."""


class Outcome(Enum):
    ANSWERED = auto()
    """It works, whatever it answered: a conflict is an answer too."""
    FAILED = auto()
    """It is out of reach, or too slow."""
    UNKNOWN = auto()
    """It was not the dependency that ended the call: the caller left, or there is a bug."""


def judge(error: BaseException, dependency: str) -> Outcome:
    """Tell what an error that came out of a call says about `dependency`."""
    if isinstance(error, DependencyUnavailable):
        is_its_own = error.dependency == dependency and not isinstance(error, CircuitOpen)
        return Outcome.FAILED if is_its_own else Outcome.UNKNOWN
    if isinstance(error, TimeoutError | OperationTimedOut) or _is_overdue(error):
        return Outcome.FAILED
    return Outcome.ANSWERED if isinstance(error, DomainError) else Outcome.UNKNOWN


def _is_overdue(error: BaseException) -> bool:
    """Whether a call was cancelled because time was over: so ends one to a frozen server."""
    return isinstance(error, CancelledError) and call_context.get().bound(1) <= _NOW
