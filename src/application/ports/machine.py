"""Port: facts of the machine, for `doctor`."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What others than the owner may do with a file or folder."""

    is_folder: bool = False
    others_read: bool = False
    others_write: bool = False


class Machine(Protocol):
    """Limits of the machine for this process."""

    def open_files(self) -> int | None:
        """Give how many files a process may open at once; None where there is no limit."""
        ...

    def memory(self) -> float | None:
        """Return the bytes beyond which the service is killed; None where it is unknown."""
        ...

    def access(self, path: str) -> Access | None:
        """Return who may access `path`; None where it does not exist or cannot be read."""
        ...
