"""Where new connections come in: what holds for them, and how to let no more of them in."""

import asyncio
import ctypes
import os
import socket
import stat
import struct
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Final

_ATTACH_FILTER: Final = 26
"""SO_ATTACH_FILTER of Linux, which Python has no name for."""

_DROP_SYN: Final = (
    (0x30, 0, 0, 13),  # load the byte of flags, the 14th of a TCP header (RFC 9293 §3.1)
    (0x45, 0, 1, 0x02),  # when it has SYN, go on, else skip one
    (0x06, 0, 0, 0),  # drop
    (0x06, 0, 0, 0xFFFFFFFF),  # keep all of it
)


_LOOK_AGAIN: Final = 0.05
"""Seconds until the next look for a listener."""


def shut_door() -> bool:
    """Begin no more connections, and lose none of those that have begun; tell whether that holds.

    Closing a listener resets every connection that waits to be accepted, requests and all. With
    their first packet dropped newcomers stay out, and try again a second later: somewhere else,
    or at the next process, or to be refused. Linux only; elsewhere it does nothing. Kernels of late
    want CAP_NET_ADMIN for that, which a restricted container does not have.
    """
    if sys.platform != "linux":
        return False
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in _DROP_SYN))
    program = struct.pack("HP", len(_DROP_SYN), ctypes.addressof(code))
    is_shut = True
    for listener in listeners():
        with listener:
            try:
                listener.setsockopt(socket.SOL_SOCKET, _ATTACH_FILTER, program)
            except OSError:
                is_shut = False
    return is_shut


def hang_up_on_the_deaf(patience: timedelta) -> None:
    """End connections whose caller takes nothing of an answer for so long (RFC 5482).

    The HTTP server would wait for ever, and each of them holds a place. It begins to listen after
    the lifespan has begun, so that is waited for. What is accepted inherits the option of its
    listener. Linux only; elsewhere it does nothing.
    """
    if sys.platform != "linux":
        return
    has_listened = False
    for listener in listeners():
        with listener, suppress(OSError):
            milliseconds = patience // timedelta(milliseconds=1)
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, milliseconds)
            has_listened = True
    if not has_listened:
        asyncio.get_running_loop().call_later(_LOOK_AGAIN, hang_up_on_the_deaf, patience)


def listeners() -> Iterator[socket.socket]:
    for each in sockets():
        if listens(each):
            yield each
        else:
            each.close()


def sockets() -> Iterator[socket.socket]:
    """Find them among the open files: those of the HTTP server are out of Python's reach.

    Nothing else is opened a second time: the end of that would drop the locks of an SQLite file.
    """
    with suppress(OSError):  # No file is left to read the list by.
        for number in [int(file.name) for file in Path("/proc/self/fd").iterdir()]:
            with suppress(OSError):
                if stat.S_ISSOCK(os.fstat(number).st_mode):
                    yield socket.socket(fileno=os.dup(number))


def listens(candidate: socket.socket) -> bool:
    is_tcp = candidate.family in {socket.AF_INET, socket.AF_INET6}
    return is_tcp and bool(candidate.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
