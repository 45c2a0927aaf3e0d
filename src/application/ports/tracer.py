"""Port: records spans."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from enum import Enum, auto
from typing import Protocol

from application.ports.lifecycle import Lifecycle

Attribute = str | int | float | bool


class SpanKind(Enum):
    """Which side of a call a span is (OpenTelemetry, "SpanKind")."""

    INTERNAL = auto()
    SERVER = auto()
    CLIENT = auto()


class Span(Protocol):
    """A piece of work, while it lasts."""

    @property
    def is_recorded(self) -> bool:
        """Whether the span is exported; attributes may be left out otherwise."""
        ...

    def set(self, name: str, value: Attribute) -> None:
        """Set an attribute; `name` is of OpenTelemetry's semantic conventions."""
        ...

    def rename(self, name: str) -> None:
        """Change the name, as for a request once its route is found."""
        ...

    def fail(self, kind: str) -> None:
        """Mark the span as failed, with the code of the error."""
        ...


class Tracer(Lifecycle, Protocol):
    """Makes spans. What is begun within a span, in the same task, is a part of it.

    `close` passes on what is left, within a bound, whether anybody takes it or not.
    """

    @property
    def is_on(self) -> bool:
        """Whether a span that begins now would be exported; callers may skip it otherwise."""
        ...

    def span(
        self,
        name: str,
        attributes: Mapping[str, Attribute] | None = None,
        *,
        kind: SpanKind = SpanKind.INTERNAL,
        parent: Mapping[str, str] | None = None,
    ) -> AbstractContextManager[Span]:
        """Give a span that lasts as long as the block.

        An exception that leaves the block is recorded, and is a failure, unless it is a
        DomainError that blames the caller. `parent` are headers of W3C Trace Context
        (`traceparent`, `tracestate`), in lower case; none or broken ones begin a trace.
        """
        ...

    def headers(self) -> Mapping[str, str]:
        """Return the W3C headers of the current span, for calls to others; none when off."""
        ...
