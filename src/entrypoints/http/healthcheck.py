"""`python -m entrypoints.http.healthcheck`: container health check (HEALTHCHECK).

A program of its own, since it runs every few seconds: it loads nothing but a socket. It asks where
HTTP_HOST and HTTP_PORT say, so whoever gives `serve` other ones gives the check others too.
"""

import os
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

PATIENCE: Final = 2.0
"""Seconds; Docker waits 3."""

_REQUEST: Final = b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
_EVERYWHERE: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 # nosec B104 - not bound


def main(environ: Mapping[str, str]) -> int:
    """Give 0 when it is healthy, else 1."""
    try:
        host = _value(environ, "HTTP_HOST") or "127.0.0.1"
        port = int(_value(environ, "HTTP_PORT") or "3000")
        address = (_EVERYWHERE.get(host, host), port)
        with socket.create_connection(address, PATIENCE) as connection:
            connection.settimeout(PATIENCE)
            connection.sendall(_REQUEST)
            answer = connection.recv(64)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"unhealthy: {error}\n")
        return 1
    if answer.startswith(b"HTTP/1.1 200 "):
        return 0
    sys.stderr.write("unhealthy: the server answers, but not with 200\n")
    return 1


def _value(environ: Mapping[str, str], name: str) -> str:
    file = environ.get(f"{name}_FILE")
    return Path(file).read_text().strip() if file else environ.get(name, "").strip()


if __name__ == "__main__":
    sys.exit(main(os.environ))
