"""Listening sockets: TCP user timeout, refusing new connections, pending connections."""

import asyncio
import fcntl
import os
import socket
import stat
import sys
import termios
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Final, NamedTuple

_IP_MINTTL: Final = 21
_IPV6_MINHOPCOUNT: Final = 73
"""Socket options of Linux (`linux/in.h`, `linux/in6.h`), which Python has no names for."""
_MOST_HOPS: Final = 255
"""The highest hop limit. Packets begin with 64 or 128, so a listener that wants it drops them."""


_LOOK_AGAIN: Final = 0.05
"""Seconds until the next look for a listener."""


def stop_accepting() -> bool:
    """Refuse new connections without resetting accepted ones; return whether that worked.

    Closing a listener resets every connection that waits to be accepted, requests and all. With
    a minimum hop limit that no packet has (the mechanism of GTSM, RFC 5082) the first packet of
    newcomers is dropped; they try again a second later: somewhere else, or at the next process, or
    to be refused. It needs no capability, unlike a packet filter (SO_ATTACH_FILTER), which kernels
    of late give to CAP_NET_ADMIN only. Linux only; elsewhere it does nothing.
    """
    if sys.platform != "linux":
        return False
    is_shut = True
    for listener in listening_sockets():
        with listener:
            try:
                _require_hop_limit(listener, _MOST_HOPS)
            except OSError:
                is_shut = False
    return is_shut


def accept_any_hop_limit(connection: socket.socket) -> None:
    """Accept packets of a connection that was begun before `stop_accepting`.

    It inherits the option of its listener; what was dropped is sent again (RFC 6298).
    """
    if sys.platform == "linux":
        _require_hop_limit(connection, 0)


def _require_hop_limit(each: socket.socket, least: int) -> None:
    # An IPv6 socket may have IPv4 callers, too.
    if each.family == socket.AF_INET6:
        each.setsockopt(socket.IPPROTO_IPV6, _IPV6_MINHOPCOUNT, least)
    each.setsockopt(socket.IPPROTO_IP, _IP_MINTTL, least)


def set_tcp_user_timeout(patience: timedelta) -> None:
    """End connections whose caller takes nothing of an answer for so long (RFC 5482).

    The HTTP server would wait for ever, and each counts against the connection limit. It begins to
    listen after the lifespan has begun, so that is waited for. What is accepted inherits the option
    of its listener. Linux only; elsewhere it does nothing.
    """
    if sys.platform != "linux":
        return
    has_listened = False
    for listener in listening_sockets():
        with listener, suppress(OSError):
            milliseconds = patience // timedelta(milliseconds=1)
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, milliseconds)
            has_listened = True
    if not has_listened:
        asyncio.get_running_loop().call_later(_LOOK_AGAIN, set_tcp_user_timeout, patience)


def listening_sockets() -> Iterator[socket.socket]:
    for each in sockets():
        if is_listening(each):
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


def is_listening(candidate: socket.socket) -> bool:
    is_tcp = candidate.family in {socket.AF_INET, socket.AF_INET6}
    return is_tcp and bool(candidate.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))


# Where TCP_INFO of Linux (`struct tcp_info`) has what; it only ever grows at its end.
_STATE: Final = 0
_UNACKED: Final = slice(24, 28)
"""Of a listener: how many connections wait to be accepted."""
_RECEIVED: Final = slice(128, 136)
"""How many bytes came."""
_ESTABLISHED: Final = 1


class PendingConnections(NamedTuple):
    """Connections that would be cut off unread, if this process ended now."""

    unread: int = 0
    """Connections not accepted yet, and those with unread bytes."""
    silent: int = 0
    """Connections that have sent nothing."""


def pending_connections() -> PendingConnections:
    """Count pending connections. Linux only; elsewhere there are none.

    On a busy machine a while without requests does not mean that none is coming.
    """
    if sys.platform != "linux":
        return PendingConnections()
    ports, unread, silent = set[int](), 0, 0
    for listener in listening_sockets():
        with listener, suppress(OSError):
            ports.add(listener.getsockname()[1])
            unread += int.from_bytes(_info(listener)[_UNACKED], sys.byteorder)
    for each in sockets():
        with each, suppress(OSError):
            if _is_open(each) and each.getsockname()[1] in ports:
                unread += has_unread_bytes(each)
                if not any(_info(each)[_RECEIVED]):
                    silent += 1
                    accept_any_hop_limit(each)
    return PendingConnections(unread, silent)


def _is_open(each: socket.socket) -> bool:
    is_tcp = each.family in {socket.AF_INET, socket.AF_INET6}
    return is_tcp and _info(each)[_STATE] == _ESTABLISHED


def _info(each: socket.socket) -> bytes:
    return each.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _RECEIVED.stop)


def has_unread_bytes(each: socket.socket) -> bool:
    return any(fcntl.ioctl(each, termios.FIONREAD, bytes(4)))
