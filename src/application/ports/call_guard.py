"""Port: guard around calls to a dependency, as a circuit breaker."""

from typing import Protocol


class CallPermit(Protocol):
    """One call that was let through."""

    def settle_by(self, *errors: BaseException | None, has_answered: bool = False) -> None:
        """Report how the call ended, once; every later report does nothing.

        An outage among `errors` is a failure of the dependency. For any other error, and for
        none, `has_answered` says whether the dependency gave an answer.
        """
        ...


class CallGuard(Protocol):
    """Lets calls through while their dependency works."""

    def enter(self) -> CallPermit:
        """Begin one call; raises CircuitOpen while the dependency is known to be down."""
        ...


class Unguarded(CallGuard, CallPermit):
    """Lets every call through: for commands, which end soon."""

    def enter(self) -> CallPermit:
        return self

    def settle_by(self, *errors: BaseException | None, has_answered: bool = False) -> None:
        """Ignore the outcome."""
