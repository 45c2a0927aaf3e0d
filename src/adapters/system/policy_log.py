"""What policies did, for the operator."""

import logging

from domain.errors import DomainError

_log = logging.getLogger("armature.policies")


def failed_open(what: str, operation: str) -> None:
    """Say that `what` did not answer, and that the service went on without it."""
    _log.warning("%s failed open: %s", what, operation)


def trying_again(name: str, error: DomainError, seconds: float) -> None:
    """Say that `name` ended with `error` and is done again after a wait."""
    _log.info("%s again in %.2f s: %r", name, seconds, error)
