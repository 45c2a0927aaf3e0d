"""Transparent huge pages for the memory of Argon2id."""

import ctypes
import mmap
from contextlib import suppress
from typing import Final

HUGE: Final = 2 << 20
"""Bytes of a huge page, of most processors."""


def ask_for_huge_pages(kibibytes: int) -> None:
    """Ask for them where this thread's next allocations of that size will lie.

    Argon2 walks all over its memory, and with pages of 4 KiB the processor looks up almost every
    step: a hash takes some 8 % longer. It is advice. Where the C library puts allocations
    elsewhere, or the system knows no such pages, hashing is as it would be without.
    """
    with suppress(AttributeError, OSError, TypeError):
        size = -(-kibibytes * 1024 // HUGE) * HUGE
        _advise(ctypes.CDLL(None), size, mmap.MADV_HUGEPAGE)


def _advise(libc: ctypes.CDLL, size: int, advice: int) -> None:
    libc.malloc.argtypes, libc.malloc.restype = [ctypes.c_size_t], ctypes.c_void_p
    libc.free.argtypes, libc.free.restype = [ctypes.c_void_p], None
    libc.madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    # glibc takes the first from the system and gives it back, and from then on keeps memory of
    # that size in the thread's own arena (mallopt(3), M_MMAP_THRESHOLD): that is the second.
    for _ in range(2):
        begin: int | None = libc.malloc(size)
        if begin is None:
            return
        # With what stands before it on its first page: an arena begins where a huge page may.
        first = begin // mmap.PAGESIZE * mmap.PAGESIZE
        libc.madvise(first, begin + size - first, advice)
        libc.free(begin)
