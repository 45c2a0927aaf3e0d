"""A finding of the doctor."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from domain.errors import Category


class State(IntEnum):
    """How one thing is, the worst last."""

    OK = 0
    HINT = 1
    WARNING = 2
    ERROR = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`found` is how it is and `advice` what to do; neither holds a secret.

    `category` is the kind of an error, by which drivers choose how they end.
    """

    check: str
    state: State = State.OK
    found: str
    advice: str = ""
    category: Category = Category.VALIDATION


def worst(findings: Iterable[Finding]) -> State:
    """Give the state of the whole."""
    return max((each.state for each in findings), default=State.OK)
