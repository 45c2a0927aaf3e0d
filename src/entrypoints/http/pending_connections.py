"""Pending connections: accepted or queued by the kernel, not yet read."""

import fcntl
import socket
import sys
import termios
from contextlib import suppress
from typing import Final, NamedTuple

from entrypoints.http.sockets import accept_any_hop_limit, listening_sockets, sockets

# Where TCP_INFO of Linux (`struct tcp_info`) has what; it only ever grows at its end.
_STATE: Final = 0
_UNACKED: Final = slice(24, 28)
"""Of a listener: how many connections wait to be accepted."""
_RECEIVED: Final = slice(128, 136)
"""How many bytes came."""
_ESTABLISHED: Final = 1


class PendingConnections(NamedTuple):
    """Who would be cut off unheard, if this process ended now."""

    unread: int = 0
    """Connections not accepted yet, and those with words that are not read yet."""
    silent: int = 0
    """Connections on which nothing was ever said."""


def pending_connections() -> PendingConnections:
    """Count them. Linux only; elsewhere nobody is seen.

    That nobody came for a while says nothing on a busy machine, where callers and this process
    wait for their turn alike.
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
