import asyncio
import logging
from datetime import timedelta

import pytest

from adapters.memory.meter import MemoryMeter
from adapters.memory.tracer import MemoryTracer
from adapters.telemetry.queries import QueryInstrumentation
from application.errors import ConcurrentUpdate, DatabaseReadOnly, DatabaseUnavailable
from application.metrics import QUERY_DURATION, QUERY_ERRORS
from domain.user.errors import UserAlreadyExists


class Scene:
    def __init__(self, seconds: float = 0.25) -> None:
        self.meter, self.tracer = MemoryMeter(), MemoryTracer()
        times = iter((10.0, 10.0 + seconds))
        slow = timedelta(seconds=1)
        self.instrument = QueryInstrumentation(
            self.meter, self.tracer, "sqlite", slow, lambda: next(times)
        )

    def run(self, error: BaseException | None = None) -> None:
        with self.instrument("users.get"):
            if error is not None:
                raise error


def test_a_query_is_measured_and_has_a_span() -> None:
    scene = Scene()

    scene.run()

    assert scene.meter.values(QUERY_DURATION, "get", "users") == [0.25]
    (span,) = scene.tracer.spans
    assert (span.name, span.is_over, span.attributes) == (
        "users.get",
        True,
        {
            "db.system.name": "sqlite",
            "db.operation.name": "get",
            "db.collection.name": "users",
        },
    )


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (DatabaseUnavailable(), DatabaseUnavailable.code),
        (DatabaseReadOnly(), "READ_ONLY"),
        (ConcurrentUpdate(), ConcurrentUpdate.code),
        (ZeroDivisionError(), "ZeroDivisionError"),
        (asyncio.CancelledError(), "CANCELLED"),
    ],
)
def test_a_failure_is_counted_by_its_code(error: BaseException, failure: str) -> None:
    scene = Scene()

    with pytest.raises(type(error)):
        scene.run(error)

    assert scene.meter.value(QUERY_ERRORS, "get", failure) == 1
    assert scene.meter.values(QUERY_DURATION, "get", "users") == []


def test_a_conflict_is_an_answer_and_no_failure() -> None:
    scene = Scene()

    with pytest.raises(UserAlreadyExists):
        scene.run(UserAlreadyExists())

    assert scene.meter.series(QUERY_ERRORS) == set()
    assert scene.meter.values(QUERY_DURATION, "get", "users") == [0.25]


@pytest.mark.parametrize(
    ("seconds", "level", "message"),
    [
        (0.25, logging.DEBUG, "users.get took 250.0 ms"),
        (1.0, logging.WARNING, "slow: users.get took 1000.0 ms"),
    ],
)
def test_the_query_log_has_slow_queries_at_warning_and_all_at_debug(
    seconds: float, level: int, message: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "armature.database")

    Scene(seconds).run()

    assert caplog.record_tuples == [("armature.database", level, message)]
