import pytest

from tests.unit.entrypoints.cli.driving import FakeRuntime


@pytest.fixture
def runtime() -> FakeRuntime:
    return FakeRuntime()
