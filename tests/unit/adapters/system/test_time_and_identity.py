from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.system.time_and_identity import SystemClock, SystemSecrets, UuidV7Generator
from tests.unit.contracts.clock import ClockContract
from tests.unit.contracts.id_generator import IdGeneratorContract
from tests.unit.contracts.secret_generator import SecretGeneratorContract


class TestSystemClock(ClockContract):
    @pytest.fixture
    def clock(self) -> SystemClock:
        return SystemClock()

    def test_the_time_is_that_of_the_machine(self, clock: SystemClock) -> None:
        before = datetime.now(UTC)

        assert before <= clock.now() <= datetime.now(UTC)


class TestUuidV7Generator(IdGeneratorContract):
    @pytest.fixture
    def ids(self) -> UuidV7Generator:
        return UuidV7Generator()


class TestSystemSecrets(SecretGeneratorContract):
    @pytest.fixture
    def secrets(self) -> SystemSecrets:
        return SystemSecrets()


@given(st.lists(st.integers(0, 2**48 - 2), min_size=1, max_size=50))
def test_ids_ascend_whatever_the_clock_does(times: list[int]) -> None:
    clock = iter(times)
    ids = UuidV7Generator(lambda: next(clock))

    made = [ids.new_id() for _ in times]

    assert all(earlier < later for earlier, later in pairwise(made))
    assert all(new.version == 7 for new in made)


def test_ids_ascend_when_a_millisecond_has_more_than_the_counter_holds() -> None:
    ids = UuidV7Generator(lambda: 1000)

    made = [ids.new_id() for _ in range(10_000)]

    assert all(earlier < later for earlier, later in pairwise(made))
    assert made[-1].int >> 80 <= 1005


@given(st.integers(0, 2**48 - 1))
def test_the_first_48_bits_are_the_time(milliseconds: int) -> None:
    assert UuidV7Generator(lambda: milliseconds).new_id().int >> 80 == milliseconds


def test_ids_of_one_moment_cannot_be_guessed_from_each_other() -> None:
    ids = [UuidV7Generator(lambda: 1).new_id() for _ in range(100)]

    assert len({new.int & (2**62 - 1) for new in ids}) == 100
