"""All that the cases are played on; what no case asks for is never started."""

from collections.abc import Mapping
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path

from tests.bench.filling import fill
from tests.bench.peers import FASTAPI, LITESTAR, Peer, PythonPeer, bare, pocketbase, python_peer
from tests.bench.servers import Server, server
from tests.services.databases import temporary_database
from tests.services.embedded_lane import postgres, redis_server

ACCOUNTS = 64
DEEP = 900_000
"""Rows before the deep page of a million."""


class Stage:
    """Servers by name, each started when it is first asked for and stopped with `stack`."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder = folder
        self._stack = stack
        self.servers: dict[str, Server] = {}
        self.deep: dict[str, str] = {}
        """The cursors of deep pages, by server."""

    @cached_property
    def ceiling(self) -> str:
        return self._stack.enter_context(bare("ceiling", self._folder / "ceiling"))

    @cached_property
    def bare_asgi(self) -> str:
        return self._stack.enter_context(bare("asgi", self._folder / "bare-asgi"))

    @cached_property
    def bare_litestar(self) -> str:
        return self._stack.enter_context(bare("litestar", self._folder / "bare-litestar"))

    @cached_property
    def pocketbase(self) -> Peer:
        return self._stack.enter_context(pocketbase(self._folder / "pocketbase", ACCOUNTS))

    @cached_property
    def fastapi(self) -> Peer:
        return self._python_peer(FASTAPI, 1)

    @cached_property
    def fastapi_twice(self) -> Peer:
        return self._python_peer(FASTAPI, 2)

    @cached_property
    def litestar(self) -> Peer:
        return self._python_peer(LITESTAR, 1)

    @cached_property
    def litestar_twice(self) -> Peer:
        return self._python_peer(LITESTAR, 2)

    @cached_property
    def memory(self) -> Server:
        return self._server("memory", {"DATABASE_URL": "memory://"})

    @cached_property
    def sqlite(self) -> Server:
        return self._with_accounts(self._server("sqlite", self._sqlite("sqlite")))

    @cached_property
    def sqlite_uncached(self) -> Server:
        variables = self._sqlite("uncached") | {"CACHE_URL": "none://"}
        return self._with_accounts(self._server("sqlite, no cache", variables))

    @cached_property
    def sqlite_twice(self) -> Server:
        # A thread in each process: as many as the raw hashes have.
        workers = {"HTTP_WORKERS": "2", "HASHING_THREADS": "1"}
        name = "sqlite, two workers"
        return self._with_accounts(self._server(name, self._sqlite("twice") | workers))

    @cached_property
    def postgres(self) -> Server:
        return self._server("postgres", {"DATABASE_URL": self._database()})

    @cached_property
    def redis(self) -> Server:
        return self._with_accounts(self._server("redis", self._on_redis(self._database(), 1)))

    @cached_property
    def redis_twice(self) -> Server:
        variables = self._on_redis(self._database(), 2) | {"HTTP_WORKERS": "2"}
        return self._server("redis, two workers", variables)

    @cached_property
    def thousand(self) -> Server:
        database = self._database()
        served = self._server("a thousand users", self._on_redis(database, 3))
        served.grant_admin()
        fill(database, 100, until=4000)
        self.deep["thousand"] = _cursor(served)
        fill(database, 899, until=3000)
        return served

    @cached_property
    def million(self) -> Server:
        database = self._database()
        served = self._server("a million users", self._on_redis(database, 4))
        served.grant_admin()
        # A cursor that the service gave is as deep as the rows that came since.
        fill(database, 1_000_000 - DEEP, until=4000)
        self.deep["million"] = _cursor(served)
        fill(database, DEEP - 1, until=3000)
        return served

    def _python_peer(self, peer: PythonPeer, workers: int) -> Peer:
        folder = self._folder / f"{peer.module}-{workers}"
        return self._stack.enter_context(python_peer(peer, folder, ACCOUNTS, workers))

    def _server(self, name: str, variables: Mapping[str, str]) -> Server:
        folder = self._folder / "service" / name.replace(", ", "-").replace(" ", "-")
        served = self._stack.enter_context(server(folder, variables))
        self.servers[name] = served
        return served

    def _with_accounts(self, served: Server) -> Server:
        for number in range(ACCOUNTS):
            served.register(f"user{number}@example.com")
        return served

    def _sqlite(self, name: str) -> dict[str, str]:
        return {"DATABASE_URL": f"sqlite:///{self._folder}/{name}.db"}

    def _on_redis(self, database: str, number: int) -> dict[str, str]:
        url = f"{self._redis_url}/{number}"
        return {"DATABASE_URL": database, "CACHE_URL": url, "RATE_LIMIT_URL": url}

    def _database(self) -> str:
        return self._stack.enter_context(temporary_database(self._postgres_url, "bench"))

    @cached_property
    def _postgres_url(self) -> str:
        return self._stack.enter_context(postgres(self._folder))

    @cached_property
    def _redis_url(self) -> str:
        return self._stack.enter_context(redis_server(self._folder))


def _cursor(served: Server) -> str:
    return str(served.get("/api/v1/users?limit=20").json()["data"]["next_cursor"])
