"""RESP encoding of commands, by hiredis.

redis-py reads answers with hiredis where that is installed, but its asynchronous connections still
put commands together themselves: a quarter of what a busy process spends on a command.
"""

import hiredis
from redis.asyncio import Connection, SSLConnection, UnixDomainSocketConnection
from redis.asyncio.connection import AbstractConnection
from redis.typing import EncodableT


class _Packing(AbstractConnection):
    def pack_command(self, *args: EncodableT) -> list[bytes]:
        """Give the bytes of one command; its name may be of several words, as `CLIENT SETINFO`."""
        name, *rest = args
        words = name.split() if isinstance(name, str | bytes) else (name,)
        try:
            return [hiredis.pack_command((*words, *rest))]
        except TypeError:
            # A kind of value that it does not know, as a bytearray.
            return super().pack_command(*args)


class PackingConnection(_Packing, Connection):
    """Over TCP."""


class PackingSSLConnection(_Packing, SSLConnection):
    """Over TLS."""


class PackingUnixConnection(_Packing, UnixDomainSocketConnection):
    """Over a Unix socket."""
