"""Fake machine facts."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from application.ports.machine import Access, Machine


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribedMachine(Machine):
    files: int | None = None
    bytes: float | None = None
    paths: Mapping[str, Access] = field(default_factory=dict)

    def open_files(self) -> int | None:
        return self.files

    def memory(self) -> float | None:
        return self.bytes

    def access(self, path: str) -> Access | None:
        return self.paths.get(path)
