"""A finding of the doctor: what was checked, its state, and advice."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from domain.errors import Category


class State(IntEnum):
    """Severity, the worst last."""

    OK = 0
    HINT = 1
    WARNING = 2
    ERROR = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check; neither `found` nor `advice` holds a secret.

    `category` is the kind of an error; drivers choose the exit code by it.
    """

    check: str
    found: str
    state: State = State.OK
    advice: str = ""
    category: Category = Category.VALIDATION


def worst(findings: Iterable[Finding]) -> State:
    """Return the worst state; OK where there is no finding."""
    return max((each.state for each in findings), default=State.OK)
