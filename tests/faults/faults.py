"""What can go wrong around the service; each gives when it was mended, in monotonic seconds."""

import asyncio
import resource
import signal
import time
from contextlib import suppress

import httpx
import psycopg
import redis
from psycopg import sql

from tests.faults.servers import Servers, port_of
from tests.faults.service import Service

WRITTEN_WITHIN = 10.0
"""Seconds; a breaker lets one call try after 5."""


async def kill_postgres(servers: Servers, _: Service) -> float:
    mended = time.monotonic()
    for _round in range(5):
        await asyncio.to_thread(servers.kill_postgres)
        await asyncio.sleep(0.5)
        await asyncio.to_thread(servers.postgres.start)
        mended = time.monotonic()
        await asyncio.sleep(2)
    return mended


async def freeze_postgres(servers: Servers, _: Service) -> float:
    servers.freeze_postgres(signal.SIGSTOP)
    await asyncio.sleep(8)
    servers.freeze_postgres(signal.SIGCONT)
    return time.monotonic()


async def kill_cache(servers: Servers, _: Service) -> float:
    """Nothing has to wait for its return: what is mended is the service without it."""
    await asyncio.to_thread(servers.cache.kill)
    killed = time.monotonic()
    await asyncio.sleep(4)
    await asyncio.to_thread(servers.cache.start)
    return killed


async def fail_over(_: Servers, service: Service) -> float:
    """Let all connections lead to what takes no writes, and new ones to what does."""
    database = service.variables["DATABASE_URL"]
    async with await psycopg.AsyncConnection.connect(
        database, autocommit=True, options="-c default_transaction_read_only=off"
    ) as admin:
        name = sql.Identifier(admin.info.dbname)
        read_only = sql.SQL("ALTER DATABASE {} SET default_transaction_read_only = {}")
        await admin.execute(read_only.format(name, sql.SQL("on")))
        await admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = 'armature'"
        )
        await asyncio.sleep(4)
        await admin.execute(read_only.format(name, sql.SQL("off")))
    return time.monotonic()


async def drop_connections(servers: Servers, _: Service) -> float:
    """Forget all connections in silence, as a NAT does; new ones work at once."""
    if servers.forget is None:
        raise RuntimeError("there is no proxy before PostgreSQL")
    servers.forget()
    return time.monotonic()


async def replace_cache(servers: Servers, service: Service) -> float:
    """Make a replica of the Redis that is written to; promote it; then point its name elsewhere.

    It answers reads and a PING all the while. Nothing waits for it, as above; but whoever has
    connections to it must write again, without a restart, once a primary is behind the name.
    """
    elsewhere = port_of(servers.spare_url)
    async with httpx.AsyncClient(base_url=f"{service.url}/api/v1", timeout=30) as caller:
        account = {"email": "caller@example.com", "password": "Correct-Horse-1"}
        registered = await caller.post("/auth/register", json=account)
        caller.headers["Authorization"] = f"Bearer {registered.json()['data']['token']}"
        with (
            redis.Redis.from_url(servers.cache_url) as cache,
            redis.Redis.from_url(servers.spare_url) as spare,
        ):
            cache.execute_command("REPLICAOF", "127.0.0.1", elsewhere)
            demoted = time.monotonic()
            await asyncio.sleep(4)
            cache.execute_command("REPLICAOF", "NO", "ONE")
            await _written(cache, caller)
            cache.execute_command("REPLICAOF", "127.0.0.1", elsewhere)
            await asyncio.sleep(1)
            servers.cache_name.point_at(elsewhere)
            await _written(spare, caller)
    return demoted


async def _written(server: redis.Redis, caller: httpx.AsyncClient) -> None:
    """Wait until the service writes to a server again: limits, cache and active users."""
    server.flushall()
    deadline = time.monotonic() + WRITTEN_WITHIN
    found: set[str] = set()
    while found != {"user", "{limits}", "active-users"}:
        if time.monotonic() > deadline:
            raise RuntimeError(f"the service writes only {found} to its Redis")
        await asyncio.sleep(0.05)
        (await caller.get("/users/me")).raise_for_status()
        found = {bytes(key).decode().split(":")[1] for key in server.scan_iter()}


async def use_up_connections(servers: Servers, _: Service) -> float:
    """Take every connection there is, those of the service's pools too."""
    taken: list[psycopg.AsyncConnection] = []
    try:
        taken.append(await psycopg.AsyncConnection.connect(servers.postgres_url, autocommit=True))
        await taken[0].execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'armature'"
        )
        while True:
            with suppress(psycopg.OperationalError):
                taken.append(await psycopg.AsyncConnection.connect(servers.postgres_url))
                continue
            break
        await asyncio.sleep(4)
    finally:
        for connection in taken:
            await connection.close()
    return time.monotonic()


async def restart_service(_: Servers, service: Service) -> float:
    code = await asyncio.to_thread(service.stop)
    if code:
        raise RuntimeError(f"the service ended with {code}")
    await asyncio.to_thread(service.start)
    return time.monotonic()


async def fill_quota(_: Servers, service: Service) -> float:
    """Let no file of the service grow, as a quota or a full disk would; then lift it."""
    workers = service.workers()
    limits = [resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in workers]
    for pid, (_soft, hard) in zip(workers, limits, strict=True):
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (4096, hard))
    await asyncio.sleep(4)
    for pid, limit in zip(workers, limits, strict=True):
        resource.prlimit(pid, resource.RLIMIT_FSIZE, limit)
    return time.monotonic()
