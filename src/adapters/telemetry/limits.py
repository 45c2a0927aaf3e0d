"""Memory limit of the container (cgroup) or machine."""

import os
from pathlib import Path
from typing import Final

GROUP: Final = Path("/sys/fs/cgroup")
"""Version 2 of Linux's control groups, as a container sees its own."""


def cpu_limit(group: Path = GROUP) -> float:
    """Return the number of cores that may be used at once, which may be a fraction."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    cores = float(usable or 1)
    words = _read(group / "cpu.max").split()
    if len(words) == 2 and words[0].isdecimal() and words[1].isdecimal():  # noqa: PLR2004 - quota, period
        return min(cores, int(words[0]) / int(words[1]))
    return cores


def memory_limit(group: Path = GROUP) -> float | None:
    """Return the bytes beyond which the system kills the service; None where it is unknown."""
    known = [_physical()]
    allowed = _read(group / "memory.max").strip()
    if allowed.isdecimal():
        known.append(float(allowed))
    return min((each for each in known if each), default=None)


def _physical() -> float | None:
    try:
        return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except (AttributeError, OSError, ValueError):
        return None


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
