from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from adapters.memory.fakes import MemorySigningKeys
from adapters.memory.inspection import create
from adapters.resilience.logged_operations import (
    LoggedInspection,
    LoggedMigrations,
    LoggedSigningKeyStore,
    logged,
)
from tests.unit.contracts.database_inspection import DatabaseInspectionContract
from tests.unit.contracts.signing_key_store import SigningKeyStoreContract, first
from tests.unit.entrypoints.cli.driving import RecordedMigrations
from tests.unit.settings import some_settings


class Narrator:
    def __init__(self) -> None:
        self.told: list[str] = []

    @contextmanager
    def __call__(self, what: str) -> Iterator[None]:
        yield
        self.told.append(what)


class TestNarratedSigningKeyStore(SigningKeyStoreContract):
    @pytest.fixture
    def store(self) -> LoggedSigningKeyStore:
        return LoggedSigningKeyStore(MemorySigningKeys(), Narrator(), "keys.json")


class TestNarratedInspection(DatabaseInspectionContract):
    @pytest.fixture
    def inspection(self) -> LoggedInspection:
        inner = create("memory://", some_settings())
        return LoggedInspection(inner, Narrator(), "memory://")


def test_each_step_of_a_migration_names_its_database() -> None:
    narrator = Narrator()
    migrations = LoggedMigrations(RecordedMigrations(), narrator, "sqlite:///x")

    migrations.upgrade()
    migrations.downgrade("0001")

    assert (migrations.current(), migrations.head()) == ("0001", "0002")
    assert narrator.told == [
        "upgrade sqlite:///x to head",
        "downgrade sqlite:///x to 0001",
        "ask sqlite:///x for its revision",
    ]


def test_what_is_done_to_keys_names_their_file() -> None:
    narrator = Narrator()
    store = LoggedSigningKeyStore(MemorySigningKeys(), narrator, "keys.json")

    store.create(first(store))
    store.change(lambda keys: keys)
    store.read()

    assert narrator.told == [
        "make a key for EdDSA",
        "write the first key to keys.json",
        "change the keys in keys.json",
        "read the keys in keys.json",
    ]


async def test_whatever_is_asked_is_a_step() -> None:
    narrator = Narrator()

    async def ask() -> int:
        return 7

    assert await logged("ask the cache", ask, narrator)() == 7
    assert narrator.told == ["ask the cache"]
