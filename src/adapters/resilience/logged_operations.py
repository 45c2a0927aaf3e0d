"""Log lines around operators' commands: migrations, inspection, signing keys."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from typing import TypeVar

from application.ports.database_inspection import DatabaseFacts, DatabaseInspection
from application.ports.migrations import Migrations
from application.ports.signing_key_store import SigningKeyStore
from domain.signing.key import Algorithm, SigningKey
from domain.signing.key_set import KeySet

T = TypeVar("T")

Step = Callable[[str], AbstractContextManager[None]]
"""Tells of what is done within its block; is given words for it, without secrets."""


class LoggedMigrations(Migrations):
    """`where` names the database."""

    def __init__(self, inner: Migrations, step: Step, where: str) -> None:
        self._inner = inner
        self._step = step
        self._where = where

    def upgrade(self, revision: str = "head") -> None:
        with self._step(f"upgrade {self._where} to {revision}"):
            self._inner.upgrade(revision)

    def downgrade(self, revision: str) -> None:
        with self._step(f"downgrade {self._where} to {revision}"):
            self._inner.downgrade(revision)

    def current(self) -> str | None:
        with self._step(f"ask {self._where} for its revision"):
            return self._inner.current()

    def head(self) -> str:
        return self._inner.head()


class LoggedSigningKeyStore(SigningKeyStore):
    """`where` names what holds the keys."""

    def __init__(self, inner: SigningKeyStore, step: Step, where: str) -> None:
        self._inner = inner
        self._step = step
        self._where = where

    def make(self, algorithm: Algorithm) -> SigningKey:
        with self._step(f"make a key for {algorithm}"):
            return self._inner.make(algorithm)

    def create(self, keys: KeySet) -> None:
        with self._step(f"write the first key to {self._where}"):
            self._inner.create(keys)

    def read(self) -> KeySet:
        with self._step(f"read the keys in {self._where}"):
            return self._inner.read()

    def change(self, change: Callable[[KeySet], KeySet]) -> KeySet:
        with self._step(f"change the keys in {self._where}"):
            return self._inner.change(change)


class LoggedInspection(DatabaseInspection):
    """`where` names the database."""

    def __init__(self, inner: DatabaseInspection, step: Step, where: str) -> None:
        self._inner = inner
        self._step = step
        self._where = where

    @property
    def has_schema(self) -> bool:
        return self._inner.has_schema

    @property
    def files(self) -> tuple[str, ...]:
        return self._inner.files

    async def look(self) -> DatabaseFacts:
        with self._step(f"look at {self._where}"):
            return await self._inner.look()


def logged(what: str, ask: Callable[[], Awaitable[T]], step: Step) -> Callable[[], Awaitable[T]]:
    """Give `ask` as a step."""

    async def asking() -> T:
        with step(what):
            return await ask()

    return asking
