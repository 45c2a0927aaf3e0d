"""What the service answered, and what must therefore be in its database."""

from dataclasses import dataclass, field
from enum import StrEnum


class Outcome(StrEnum):
    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Registration:
    email: str
    key: str


@dataclass
class Ledger:
    """Every registration by its outcome; and each writer's newest acknowledged refresh token."""

    registrations: dict[Registration, Outcome] = field(default_factory=dict)
    tokens: dict[int, str] = field(default_factory=dict)
    requests: int = 0
    refused: int = 0
    unknown: int = 0
    complaints: list[str] = field(default_factory=list)

    def emails(self, outcome: Outcome) -> set[str]:
        return {each.email for each, what in self.registrations.items() if what is outcome}

    def of(self, outcome: Outcome) -> list[Registration]:
        return [each for each, what in self.registrations.items() if what is outcome]

    def count(self, outcome: Outcome) -> None:
        self.requests += 1
        self.refused += outcome is Outcome.REFUSED
        self.unknown += outcome is Outcome.UNKNOWN
