import asyncio

import pytest

from adapters.memory.meter import MemoryMeter
from adapters.resilience.instrumentation import MeasuredQueries
from application.metrics import QUERY_ERRORS


async def test_a_call_that_is_given_up_counts_as_a_failure() -> None:
    meter = MemoryMeter()

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await MeasuredQueries(meter).run("users.by_id", asyncio.Event().wait)

    assert meter.value(QUERY_ERRORS, "by_id", "CANCELLED") == 1
