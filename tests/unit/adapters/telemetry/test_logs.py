import json
import logging
import os
import sys
from collections.abc import Iterator

import pytest

from adapters.memory.meter import MemoryMeter
from adapters.telemetry.logs import configure, json_queue, queued
from application.metrics import LOG_LINES_DROPPED
from application.settings import LogSettings


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    root, ours = logging.getLogger(), logging.getLogger("armature")
    before = (root.level, [*root.handlers], ours.level)
    yield
    root.setLevel(before[0])
    root.handlers[:] = before[1]
    ours.setLevel(before[2])


def fail() -> None:
    secret = "Correct-Horse-1"
    raise LookupError(f"nothing of length {len(secret)}")


def log_a_failure() -> None:
    try:
        fail()
    except LookupError:
        logging.getLogger("armature.http").exception("it failed", extra={"request_id": "r1"})


def test_machines_get_one_json_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure(LogSettings(level="info", format="json"))

    log_a_failure()
    logging.getLogger("armature.http").info("two")

    first, second = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert (first["event"], first["level"], first["request_id"]) == ("it failed", "error", "r1")
    assert first["logger"] == "armature.http"
    assert first["timestamp"].endswith("Z")
    assert "LookupError: nothing of length 15" in first["exception"]
    assert second["event"] == "two"


def test_people_get_a_traceback_without_values(capsys: pytest.CaptureFixture[str]) -> None:
    configure(LogSettings(level="info", format="console"))

    log_a_failure()

    said = capsys.readouterr().err
    assert "it failed" in said
    assert "LookupError" in said
    # The line of source that made the value is not the value: locals would print `secret = `.
    assert said.count("Correct-Horse-1") == 0


@pytest.mark.parametrize(("level", "heard"), [("debug", 3), ("info", 2), ("error", 1)])
def test_the_level_is_that_of_our_own_lines(
    capsys: pytest.CaptureFixture[str], level: str, heard: int
) -> None:
    configure(LogSettings(level=level, format="json"))
    log = logging.getLogger("armature.anything")

    log.debug("one")
    log.info("two")
    log.error("three")

    assert len(capsys.readouterr().err.splitlines()) == heard


def test_libraries_are_heard_when_something_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    configure(LogSettings(level="debug", format="json"))

    logging.getLogger("httpx").info("HTTP Request: GET https://example.com")
    logging.getLogger("psycopg.pool").warning("trouble")

    assert "trouble" in (said := capsys.readouterr().err)
    assert "example.com" not in said


def test_no_caller_waits_for_a_log_that_nobody_reads_and_lost_lines_are_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reader, writer = os.pipe()
    meter = MemoryMeter()
    with os.fdopen(writer, "w", encoding="utf-8") as stream, os.fdopen(reader, "rb") as read:
        monkeypatch.setattr(sys, "stderr", stream)
        configure(LogSettings(level="info", format="json"))
        with queued(meter):
            for number in range(6_000):
                logging.getLogger("armature.http").info("line %d %s", number, "x" * 100)
            events = (str(json.loads(line)["event"]) for line in read)
            told = next(event for event in events if "dropped" in event)

    dropped = meter.value(LOG_LINES_DROPPED)
    assert dropped > 0
    assert told == f"{dropped:.0f} lines of the log were dropped: their reader was too slow."


@pytest.mark.parametrize(("form", "is_json"), [("json", True), ("console", False)])
def test_a_stop_writes_queued_lines_and_later_ones_directly(
    form: str, is_json: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, writer = os.pipe()
    with os.fdopen(writer, "w", encoding="utf-8") as stream, os.fdopen(reader, "rb") as read:
        monkeypatch.setattr(sys, "stderr", stream)
        configure(LogSettings(level="info", format=form))
        with queued(MemoryMeter()):
            assert (json_queue() is not None) == is_json
            logging.getLogger("armature.http").info("queued")
        os.set_blocking(reader, False)
        assert b"queued" in read.readline()
        assert json_queue() is None
        logging.getLogger("armature.http").info("direct")
        assert b"direct" in read.readline()
