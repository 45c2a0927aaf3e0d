"""Argon2id, on a few threads of its own (RFC 9106, OWASP Password Storage Cheat Sheet)."""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import ParamSpec, TypeVar

from argon2.exceptions import HashingError, VerificationError, VerifyMismatchError
from argon2.low_level import Type, hash_secret, verify_secret

from adapters.argon2 import imported
from adapters.argon2.huge_pages import ask_for_huge_pages
from adapters.argon2.parameters import Parameters
from application.errors import DependencyUnavailable
from application.ports.load import Load
from application.ports.password_hasher import PasswordHasher
from application.settings import Settings
from domain.user.password import Password

P = ParamSpec("P")
R = TypeVar("R")


def create(url: str, settings: Settings) -> "Argon2Hasher":
    """Build the hasher for `argon2id://?m=19456&t=2&p=1`; raises InvalidSettings."""
    return Argon2Hasher(
        Parameters.of_url(url, settings.environment),
        threads=settings.passwords.threads,
        queue=settings.passwords.queue,
    )


class Argon2Hasher(PasswordHasher):
    """At most `threads` hashings run and `queue` wait; the next is refused at once.

    So hashing holds at most `threads` times the memory parameter.
    """

    def __init__(self, parameters: Parameters, *, threads: int, queue: int) -> None:
        self._parameters = parameters
        self._threads = threads
        self._limit = threads + queue
        self._taken = 0
        self._lock = Lock()
        self._pool: ThreadPoolExecutor | None = None
        self._dummy = ""

    async def open(self) -> None:
        if self._pool is None:
            self._dummy = await asyncio.to_thread(_hash, os.urandom(32), self._parameters)
            self._pool = ThreadPoolExecutor(
                self._threads,
                thread_name_prefix="argon2",
                initializer=ask_for_huge_pages,
                initargs=(self._parameters.memory,),
            )

    async def close(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            # Whoever waits is served: the queue is bounded, so this takes a second or two.
            await asyncio.to_thread(pool.shutdown)

    async def hash(self, password: Password) -> str:
        return await self._run(_hash, password.value.encode(), self._parameters)

    async def verify(self, password: Password, stored: str | None) -> bool:
        readable = stored is not None and _is_readable(stored)
        against = stored if stored is not None and readable else self._dummy
        # Also what another system made: on the same threads, and in the same queue.
        matches = await self._run(_verify, against, password.value.encode())
        return matches and readable

    def objection(self, stored: str) -> str | None:
        return imported.objection(stored, self._parameters)

    def needs_rehash(self, stored: str) -> bool:
        return Parameters.of_encoded(stored) != self._parameters

    def load(self) -> Load:
        if self._pool is None:
            return Load()
        active = min(self._taken, self._threads)
        return Load(
            active=active,
            idle=self._threads - active,
            waiting=self._taken - active,
            limit=self._limit,
        )

    async def _run(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run `work` on a thread; whoever is cancelled while waiting gives up the place."""
        if self._pool is None:
            raise _unavailable("not open")
        if not self._take_place():
            raise _unavailable("queue full")
        try:
            future = self._pool.submit(work, *args, **kwargs)
        except RuntimeError as error:
            self._free_place()
            raise _unavailable("no thread") from error
        # Before the future is awaited, so that the place is free when the caller goes on.
        future.add_done_callback(lambda _: self._free_place())
        return await asyncio.wrap_future(future)

    def _take_place(self) -> bool:
        with self._lock:
            if self._taken >= self._limit:
                return False
            self._taken += 1
            return True

    def _free_place(self) -> None:
        with self._lock:
            self._taken -= 1


def _hash(secret: bytes, parameters: Parameters) -> str:
    try:
        encoded = hash_secret(
            secret,
            os.urandom(parameters.salt_bytes),
            time_cost=parameters.time,
            memory_cost=parameters.memory,
            parallelism=parameters.parallelism,
            hash_len=parameters.hash_bytes,
            type=Type.ID,
        )
    except HashingError as error:
        raise _unavailable("out of memory") from error
    return encoded.decode()


def _is_readable(stored: str) -> bool:
    return imported.argon2_of(stored) is not None or imported.is_bcrypt(stored)


def _verify(encoded: str, secret: bytes) -> bool:
    if imported.is_bcrypt(encoded):
        return imported.matches_bcrypt(encoded, secret)
    kind = Type.I if imported.is_argon2i(encoded) else Type.ID
    try:
        return verify_secret(encoded.encode(), secret, kind)
    except VerifyMismatchError:
        return False
    except VerificationError as error:
        # The string was checked before: what is left is that memory or threads ran out.
        raise _unavailable("out of memory") from error


def _unavailable(reason: str) -> DependencyUnavailable:
    return DependencyUnavailable(dependency="password hasher", context={"reason": reason})
