import logging

import pytest

from adapters.telemetry.steps import log_step


def test_a_step_tells_that_it_begins_and_how_long_it_took(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.DEBUG, "armature.upkeep"), log_step("ask the cache"):
        pass

    begun, over = caplog.records
    assert (begun.levelname, begun.getMessage()) == ("DEBUG", "ask the cache: begun")
    assert (over.levelname, over.name) == ("INFO", "armature.upkeep")
    assert over.getMessage().startswith("ask the cache: took ")
    assert vars(over)["failure"] is None


def test_a_step_that_fails_tells_the_kind_of_its_error_alone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with (
        caplog.at_level(logging.INFO, "armature.upkeep"),
        pytest.raises(ValueError, match="secret"),
        log_step("ask the cache"),
    ):
        raise ValueError("secret")

    (over,) = caplog.records
    assert over.getMessage().startswith("ask the cache: failed (ValueError) after ")
    assert "secret" not in caplog.text
