import logging
from collections.abc import Iterator

import pytest

from tests.unit.entrypoints.cli.driving import FakeRuntime


@pytest.fixture
def runtime() -> FakeRuntime:
    return FakeRuntime()


@pytest.fixture(autouse=True)
def log_as_before() -> Iterator[None]:
    """Give the log back as it was: `-v` changes it for the whole process."""
    root, ours = logging.getLogger(), logging.getLogger("armature")
    before = root.level, [*root.handlers], ours.level
    yield
    root.setLevel(before[0])
    root.handlers[:] = before[1]
    ours.setLevel(before[2])
