"""How many cores this process may use."""

import os
from math import ceil
from pathlib import Path
from typing import Final

CPU_MAX: Final = Path("/sys/fs/cgroup/cpu.max")
"""Quota and period of Linux's control groups, version 2, as a container sees its own."""


def cores(cpu_max: Path = CPU_MAX) -> int:
    """Give whole cores, one at least: those of the machine, or what its container allows.

    A container that may use half a core sees all of the machine's; a thread for each of those
    would only take memory.
    """
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    try:
        words = cpu_max.read_text().split()
    except OSError:
        words = []
    if len(words) == 2 and all(word.isdecimal() for word in words):  # noqa: PLR2004 - as above
        return min(usable or 1, max(1, ceil(int(words[0]) / int(words[1]))))
    return usable or 1
