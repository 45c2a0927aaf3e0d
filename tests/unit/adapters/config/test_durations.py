from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.config.parsers import format_duration, parse_duration

MILLISECOND = timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("200ms", timedelta(milliseconds=200)),
        ("10s", timedelta(seconds=10)),
        ("15m", timedelta(minutes=15)),
        ("1h", timedelta(hours=1)),
        ("30d", timedelta(days=30)),
        ("0s", timedelta(0)),
        ("007s", timedelta(seconds=7)),
        ("999999999d", timedelta(days=999_999_999)),
    ],
)
def test_a_duration_is_a_whole_number_and_a_unit(text: str, duration: timedelta) -> None:
    assert parse_duration(text) == duration


@pytest.mark.parametrize(
    "text",
    [
        "",
        "10",
        "s",
        "10 s",
        " 10s",
        "10s\n",
        "1.5s",
        "-1s",
        "+1s",
        "1e3s",
        "10S",
        "1w",
        "1h30m",
        "\u0661s",
        "1_0s",
        "9999999999d",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="whole number and a unit"):
        parse_duration(text)


@given(st.integers(0, 999_999_999))
def test_what_is_written_can_be_read(milliseconds: int) -> None:
    duration = milliseconds * MILLISECOND

    assert parse_duration(format_duration(duration)) == duration


@given(st.text())
def test_any_text_is_a_duration_or_a_value_error(text: str) -> None:
    try:
        assert parse_duration(text) >= timedelta(0)
    except ValueError:
        return


@pytest.mark.parametrize(
    ("text", "shortest"), [("60s", "1m"), ("1500ms", "1500ms"), ("24h", "1d"), ("90m", "90m")]
)
def test_a_duration_is_written_in_its_largest_unit(text: str, shortest: str) -> None:
    assert format_duration(parse_duration(text)) == shortest
