import pytest

from adapters.memory.tracer import MemorySpan, MemoryTracer, NullTracer
from tests.unit.contracts.tracer import Seen, Spans, TracerContract


class TestMemoryTracer(TracerContract):
    @pytest.fixture
    def tracer(self) -> MemoryTracer:
        return MemoryTracer()

    @pytest.fixture
    def spans(self, tracer: MemoryTracer) -> Spans:
        def seen(span: MemorySpan) -> Seen:
            parent = span.parent.name if isinstance(span.parent, MemorySpan) else None
            return Seen(span.name, parent, span.attributes, span.failure)

        return lambda: {span.name: seen(span) for span in tracer.spans if span.is_over}


def test_the_null_tracer_is_off_and_takes_everything() -> None:
    tracer = NullTracer()

    with tracer.span("work", {"a": 1}, parent={"traceparent": "x"}) as span:
        span.set("b", 2)
        span.rename("other work")
        span.fail("CODE")

    assert not tracer.is_on
    assert tracer.headers() == {}
