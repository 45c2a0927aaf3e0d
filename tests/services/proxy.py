"""TCP proxies between a service and its servers, which inject network faults.

They can be cut, frozen, or drop the connections that there are in silence, and be mended.
"""

import asyncio
import ssl
from asyncio import Server, StreamReader, StreamWriter, Task
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from psycopg.conninfo import conninfo_to_dict

PORT = 5432


class Proxy:
    """Listens on a Unix socket in `folder`.

    While it is cut, it hangs up on everybody; while it is frozen, it takes everything and passes
    nothing on. A connection that it has forgotten takes everything and passes nothing on for ever,
    as through a NAT that dropped it, while new ones work.

    `turns` is how often a client spoke after the server did.
    """

    def __init__(self, url: str, folder: Path) -> None:
        self._target = conninfo_to_dict(url)
        self._folder = folder
        self._is_cut = False
        self._flows = asyncio.Event()
        self._flows.set()
        self._streams: set[StreamWriter] = set()
        self._pumps: set[Task[None]] = set()
        self._forgotten: set[StreamWriter] = set()
        self._last_from: StreamReader | None = None
        self.turns = 0

    @property
    def url(self) -> str:
        """The database's URL by way of this proxy."""
        account = quote(str(self._target.get("user", "")), safe="")
        if self._target.get("password"):
            account += f":{quote(str(self._target['password']), safe='')}"
        host = quote(str(self._folder), safe="")
        return f"postgresql://{account}@/{self._target['dbname']}?host={host}&port={PORT}"

    def cut(self) -> None:
        self._is_cut = True
        for stream in self._streams:
            stream.close()

    def freeze(self) -> None:
        self._flows.clear()

    def forget(self) -> None:
        """Drop the connections that there are, in silence."""
        self._forgotten |= self._streams

    def mend(self) -> None:
        self._is_cut = False
        self._flows.set()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        server = await self._start()
        try:
            yield
        finally:
            server.close()
            self.mend()
            self._streams |= self._forgotten
            self._forgotten.clear()
            self.cut()
            if self._pumps:
                await asyncio.wait(self._pumps)

    async def _start(self) -> Server:
        path = self._folder / f".s.PGSQL.{PORT}"
        return await asyncio.start_unix_server(self._serve, path)

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        if self._is_cut:
            writer.close()
            return
        server_reader, server_writer = await self._connect()
        self._streams |= {writer, server_writer}
        for source, sink, turn in ((reader, server_writer, 1), (server_reader, writer, 0)):
            pump = asyncio.create_task(self._pump(source, sink, turn))
            self._pumps.add(pump)
            pump.add_done_callback(self._pumps.discard)

    async def _connect(self) -> tuple[StreamReader, StreamWriter]:
        host = str(self._target.get("host") or "localhost")
        port = int(self._target.get("port") or PORT)
        if host.startswith("/"):
            return await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        return await asyncio.open_connection(host, port)

    async def _pump(self, source: StreamReader, sink: StreamWriter, turn: int) -> None:
        with suppress(OSError):
            while data := await source.read(65536):
                self.turns += turn * (self._last_from is not source)
                self._last_from = source
                await self._flows.wait()
                if sink not in self._forgotten:
                    sink.write(data)
                    await sink.drain()
        if sink not in self._forgotten:
            sink.close()
        self._streams.discard(sink)


class RedisProxy(Proxy):
    """The same before a Redis on this machine, on a TCP port, with TLS where `tls` is given.

    `point_at` moves it to another server, as a changed DNS name does: connections that are open
    stay where they are.
    """

    def __init__(self, port: int, tls: ssl.SSLContext | None = None) -> None:
        super().__init__("", Path())
        self._server_port = port
        self._tls = tls
        self.port = 0

    def point_at(self, port: int) -> None:
        self._server_port = port

    async def _start(self) -> Server:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)
        self.port = server.sockets[0].getsockname()[1]
        return server

    async def _connect(self) -> tuple[StreamReader, StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self._server_port)
