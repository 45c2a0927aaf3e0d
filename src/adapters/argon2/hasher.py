"""Argon2id password hasher on bounded threads (RFC 9106, OWASP Password Storage Cheat Sheet)."""

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from argon2.exceptions import HashingError, VerificationError, VerifyMismatchError
from argon2.low_level import Type, hash_secret, verify_secret

from adapters.argon2 import imported
from adapters.argon2.bulkhead import Bulkhead, unavailable
from adapters.argon2.parameters import Parameters
from application.ports.load import Load
from application.ports.password_hasher import IMPORT_FACTOR, PasswordHasher
from application.settings import Settings
from domain.user.password import Password


def create(url: str, settings: Settings) -> "Argon2Hasher":
    """Build the hasher for `argon2id://?m=19456&t=2&p=1`; raises InvalidSettings."""
    return Argon2Hasher(
        Parameters.of_url(url, settings.environment),
        threads=settings.passwords.threads,
        queue=settings.passwords.queue,
    )


class Argon2Hasher(PasswordHasher):
    """Two bulkheads: one for hashes with the live parameters, and a lane for foreign ones.

    `threads` hashings run in the first and `queue` wait; the next is refused at once. So it takes
    at most `threads` times the live memory. Foreign hashes, of other parameters or algorithms,
    weigh what they cost in live hashes, and together run for IMPORT_FACTOR at most: they take
    that many times the live memory, and keep nobody waiting who logs in with a live hash. One
    that was stored before, and costs more than may be imported now, runs alone in the lane.
    """

    def __init__(self, parameters: Parameters, *, threads: int, queue: int) -> None:
        self._parameters = parameters
        self._live = Bulkhead(
            partial(ThreadPoolExecutor, thread_name_prefix="argon2"),
            threads=threads,
            capacity=threads,
            queue=queue,
        )
        self._foreign = Bulkhead(
            partial(ThreadPoolExecutor, thread_name_prefix="argon2-foreign"),
            threads=threads,
            capacity=IMPORT_FACTOR,
            queue=queue,
        )
        self._dummy = ""

    async def open(self) -> None:
        if not self._dummy:
            self._dummy = await asyncio.to_thread(_hash, os.urandom(32), self._parameters)
        self._live.open()
        self._foreign.open()

    async def close(self) -> None:
        await asyncio.gather(self._live.close(), self._foreign.close())

    async def hash(self, password: Password) -> str:
        secret = password.value.encode()
        return await self._live.run(1, lambda: _hash(secret, self._parameters))

    async def verify(self, password: Password, stored: str | None) -> bool:
        secret = password.value.encode()
        weight = None if stored is None else imported.weight(stored, self._parameters)
        if stored is not None and weight is not None:
            lane = self._foreign if weight else self._live
            return await lane.run(weight or 1, lambda: _verify(stored, secret))
        await self._live.run(1, lambda: _verify(self._dummy, secret))
        return False

    def objection(self, stored: str) -> str | None:
        return imported.objection(stored, self._parameters)

    def needs_rehash(self, stored: str) -> bool:
        return Parameters.of_encoded(stored) != self._parameters

    def load(self) -> Load:
        live, foreign = self._live.load(), self._foreign.load()
        return Load(
            active=live.active + foreign.active,
            idle=live.idle + foreign.idle,
            waiting=live.waiting + foreign.waiting,
            limit=live.limit + foreign.limit,
        )


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
        raise unavailable("out of memory") from error
    return encoded.decode()


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
        raise unavailable("out of memory") from error
