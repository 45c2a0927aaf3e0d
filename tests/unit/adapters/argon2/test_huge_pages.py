"""The memory that hashes are made in."""

import asyncio
import ctypes
from pathlib import Path

import pytest

from adapters.argon2.hasher import Argon2Hasher
from adapters.argon2.parameters import Parameters
from domain.user.password import Password

SMAPS = Path("/proc/self/smaps")
HUGE = Path("/sys/kernel/mm/transparent_hugepage/enabled")
MEMORY = 19456
"""KiB of one hash."""


@pytest.mark.skipif(not HUGE.exists(), reason="this system has no huge pages")
async def test_a_hash_is_made_in_memory_that_huge_pages_were_asked_for() -> None:
    before = _asked_for()
    hasher = Argon2Hasher(Parameters(memory=MEMORY, time=1), threads=1, queue=0)

    await hasher.open()
    try:
        hashed = await hasher.hash(Password("Correct-Horse-1"))
        assert await hasher.verify(Password("Correct-Horse-1"), hashed)
        asked = _asked_for()
    finally:
        await hasher.close()

    # What else asked for some may have gone meanwhile.
    assert asked - before > MEMORY * 0.9


async def test_a_hash_is_made_where_the_system_knows_no_huge_pages(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unknown(_: str | None) -> ctypes.CDLL:
        raise OSError("no such library")

    monkeypatch.setattr(ctypes, "CDLL", unknown)
    hasher = Argon2Hasher(Parameters(memory=8, time=1), threads=1, queue=0)

    await hasher.open()
    try:
        hashed = await asyncio.wait_for(hasher.hash(Password("Correct-Horse-1")), 10)
    finally:
        await hasher.close()

    assert hashed.startswith("$argon2id$")


def _asked_for() -> int:
    """KiB of this process's memory that may lie in huge pages because somebody asked."""
    sizes = 0
    size = 0
    for line in SMAPS.read_text().splitlines():
        if line.startswith("Size:"):
            size = int(line.split()[1])
        if line.startswith("VmFlags:") and "hg" in line.split():
            sizes += size
    return sizes
