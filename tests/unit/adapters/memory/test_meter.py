import pytest

from adapters.memory.meter import MemoryMeter, NullMeter
from application.metrics import ACTIVE_USERS, BUSINESS_EVENTS, LOOP_LAG, Histogram, Metric
from tests.unit.contracts.meter import MeterContract, Read


class TestMemoryMeter(MeterContract):
    @pytest.fixture
    def meter(self) -> MemoryMeter:
        return MemoryMeter()

    @pytest.fixture
    def read(self, meter: MemoryMeter) -> Read:
        def value(metric: Metric, *labels: str) -> float:
            if isinstance(metric, Histogram):
                return len(meter.values(metric, *labels))
            return meter.value(metric, *labels)

        return value


def test_labels_that_a_metric_does_not_have_are_a_bug() -> None:
    with pytest.raises(ValueError, match="business_events_total has the labels"):
        MemoryMeter().add(BUSINESS_EVENTS)


def test_the_null_meter_takes_everything() -> None:
    meter = NullMeter()

    meter.add(BUSINESS_EVENTS, "UserRegistered")
    meter.set(ACTIVE_USERS, 1)
    meter.observe(LOOP_LAG, 1)
