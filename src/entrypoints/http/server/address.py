"""Listen address, checked before the server starts."""

import errno
import os
import socket
from dataclasses import dataclass
from typing import Final

from application.errors import DependencyUnavailable


@dataclass(frozen=True, slots=True)
class Address:
    """A numeric IP address and a port that were free a moment ago."""

    host: str
    port: int

    @property
    def url(self) -> str:
        """RFC 3986 §3.2.2 puts an IPv6 address in brackets."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"


class CannotListen(DependencyUnavailable):
    """The address is taken, foreign, unknown or forbidden; the message says which."""

    summary = "The service cannot listen on its address."


_REASONS: Final = {
    errno.EADDRINUSE: "another program listens there. Stop it, or set {variable}.",
    errno.EADDRNOTAVAIL: "this machine has no such address. Set HTTP_HOST.",
    errno.EACCES: "ports below 1024 need privileges. Set {variable}.",
}


def free_address(host: str, port: int, variable: str = "HTTP_PORT") -> Address:
    """Resolve `host`, and prove that `port` can be had there; port 0 picks a free one.

    The server itself binds with SO_REUSEPORT, and would share a busy port in silence; here it is
    left out. SO_REUSEADDR passes over connections of an earlier run that are in TIME_WAIT.
    Raises CannotListen.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
            bound = probe.getsockname()
    except (OSError, UnicodeError) as error:
        raise cannot_listen(host, port, error, variable) from error
    return Address(str(bound[0]), int(bound[1]))


def cannot_listen(
    host: str, port: int, error: OSError | UnicodeError, variable: str = "HTTP_PORT"
) -> CannotListen:
    """Say in one sentence why nothing can listen there.

    A UnicodeError is what Python makes of a name with an empty or an endless label.
    """
    if isinstance(error, socket.gaierror | UnicodeError):
        reason = "this name is unknown. Set HTTP_HOST."
    else:
        known = os.strerror(error.errno) if error.errno else str(error)
        reason = _REASONS.get(error.errno or 0, f"{known}.").format(variable=variable)
    return CannotListen(f"Cannot listen on {host} port {port}: {reason}")
