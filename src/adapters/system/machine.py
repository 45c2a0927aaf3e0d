"""Facts of the machine: cores, memory, open files."""

import os
import resource
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from application.ports.machine import Access, Machine


@dataclass(frozen=True, slots=True)
class SystemMachine(Machine):
    """`memory_limit` returns the bytes that the service may use, None where there is no limit."""

    memory_limit: Callable[[], float | None]

    def open_files(self) -> int | None:
        # The hard limit: a server process raises its own that far.
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        return None if hard == resource.RLIM_INFINITY else hard

    def memory(self) -> float | None:
        return self.memory_limit()

    def access(self, path: str) -> Access | None:
        try:
            info = Path(path).stat()
        except (OSError, ValueError):
            return None
        # A group may read a file of another owner: so do orchestrators hand over secrets.
        group = info.st_uid == os.geteuid()
        return Access(
            is_folder=stat.S_ISDIR(info.st_mode),
            others_read=bool(info.st_mode & (stat.S_IROTH | (stat.S_IRGRP if group else 0))),
            others_write=bool(info.st_mode & (stat.S_IWOTH | (stat.S_IWGRP if group else 0))),
        )
