"""What `just load soak` makes of the memory that it saw."""

import os
from collections.abc import Callable
from xml.etree import ElementTree as ET

import pytest

from tests.load.memory import Memory, as_svg, growth, is_flat, resident


def samples(size: Callable[[float], float], seconds: int) -> list[tuple[float, float]]:
    return [(float(when), size(when)) for when in range(seconds)]


@pytest.mark.parametrize(
    ("size", "flat"),
    [
        (lambda _: 200.0, True),
        # What is taken in the first minute is no growth.
        (lambda when: 100.0 + min(when, 59) * 10, True),
        (lambda when: 200.0 + (50.0 if when % 7 == 0 else 0.0), True),
        (lambda when: 200.0 + when * 0.2, False),
        (lambda when: 200.0 if when < 300 else 230.0, False),
    ],
)
def test_growth_is_what_comes_after_the_first_minute(
    size: Callable[[float], float], *, flat: bool
) -> None:
    found = growth(samples(size, 600))

    assert found is not None
    assert is_flat(*found) is flat


def test_of_a_short_run_nothing_can_be_said() -> None:
    assert growth(samples(lambda _: 1.0, 100)) is None
    assert growth([]) is None


def test_a_process_is_watched_and_what_was_seen_is_drawn() -> None:
    with Memory(os.getpid(), pause=0.001) as watched:
        while not watched.samples:
            pass

    assert watched.samples[0][1] > 1
    assert resident(os.getpid()) > 1
    assert ET.fromstring(as_svg(watched.samples)).tag.endswith("svg")  # noqa: S314 - our own
    assert as_svg([])
