"""Null tracer, and a recording one for tests."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field

from application.ports.tracer import Attribute, Span, SpanKind, Tracer
from domain.errors import DomainError


@dataclass(slots=True)
class MemorySpan(Span):
    """`failure` is None while all is well; `parent` is the span around it, or the headers'."""

    name: str
    kind: SpanKind
    parent: "MemorySpan | str | None"
    attributes: dict[str, Attribute] = field(default_factory=dict)
    failure: str | None = None
    is_over: bool = False

    @property
    def is_recorded(self) -> bool:
        return True

    def set(self, name: str, value: Attribute) -> None:
        self.attributes[name] = value

    def rename(self, name: str) -> None:
        self.name = name

    def fail(self, kind: str) -> None:
        self.failure = kind


class MemoryTracer(Tracer):
    """Keeps every span in `spans`, in the order in which they began."""

    @property
    def is_on(self) -> bool:
        return True

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    def __init__(self) -> None:
        self.spans: list[MemorySpan] = []
        self._current: ContextVar[MemorySpan | None] = ContextVar("span", default=None)

    @contextmanager
    def span(
        self,
        name: str,
        attributes: Mapping[str, Attribute] | None = None,
        *,
        kind: SpanKind = SpanKind.INTERNAL,
        parent: Mapping[str, str] | None = None,
    ) -> Iterator[Span]:
        around = (parent or {}).get("traceparent") or self._current.get()
        span = MemorySpan(name, kind, around, dict(attributes or {}))
        self.spans.append(span)
        token = self._current.set(span)
        try:
            yield span
        except Exception as error:
            if not isinstance(error, DomainError):
                span.fail(type(error).__name__)
            elif error.category.is_ours:
                span.fail(error.code)
            raise
        finally:
            self._current.reset(token)
            span.is_over = True

    def headers(self) -> Mapping[str, str]:
        span = self._current.get()
        return {} if span is None else {"traceparent": span.name}


class _NullSpan(Span):
    @property
    def is_recorded(self) -> bool:
        return False

    def set(self, name: str, value: Attribute) -> None: ...

    def rename(self, name: str) -> None: ...

    def fail(self, kind: str) -> None: ...


class NullTracer(Tracer):
    """Traces nothing, and costs nothing."""

    is_on = False
    _SPAN = nullcontext(_NullSpan())
    _NO_HEADERS: Mapping[str, str] = {}

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    def span(
        self,
        name: str,
        attributes: Mapping[str, Attribute] | None = None,
        *,
        kind: SpanKind = SpanKind.INTERNAL,
        parent: Mapping[str, str] | None = None,
    ) -> AbstractContextManager[Span]:
        return self._SPAN

    def headers(self) -> Mapping[str, str]:
        return self._NO_HEADERS
