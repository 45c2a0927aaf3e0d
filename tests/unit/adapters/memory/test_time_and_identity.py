from datetime import UTC, datetime, timedelta

import pytest

from adapters.memory.fakes import FrozenClock, SeededSecrets, SequentialIds
from tests.unit.contracts.clock import ClockContract
from tests.unit.contracts.id_generator import IdGeneratorContract
from tests.unit.contracts.secret_generator import SecretGeneratorContract


class TestFrozenClock(ClockContract):
    @pytest.fixture
    def clock(self) -> FrozenClock:
        return FrozenClock()


class TestSequentialIds(IdGeneratorContract):
    @pytest.fixture
    def ids(self) -> SequentialIds:
        return SequentialIds()


class TestSeededSecrets(SecretGeneratorContract):
    @pytest.fixture
    def secrets(self) -> SeededSecrets:
        return SeededSecrets()


def test_a_frozen_clock_goes_on_only_when_told_to() -> None:
    clock = FrozenClock(datetime(2030, 1, 1, tzinfo=UTC))
    before = clock.now()
    clock.advance(timedelta(minutes=1))

    assert (before, clock.now()) == (
        datetime(2030, 1, 1, tzinfo=UTC),
        datetime(2030, 1, 1, 0, 1, tzinfo=UTC),
    )


def test_ids_and_secrets_can_be_repeated() -> None:
    assert SequentialIds().new_id() == SequentialIds().new_id()
    assert SeededSecrets("a").new_secret() == SeededSecrets("a").new_secret()
    assert SeededSecrets("a").new_secret() != SeededSecrets("b").new_secret()
