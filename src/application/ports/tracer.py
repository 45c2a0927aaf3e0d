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
        """Whether anybody will see it; what is said of it may be left out where nobody does."""
        ...

    def set(self, name: str, value: Attribute) -> None:
        """Add something known; `name` is of OpenTelemetry's semantic conventions."""
        ...

    def rename(self, name: str) -> None:
        """Call it otherwise, as a request that has found its route."""
        ...

    def fail(self, kind: str) -> None:
        """Say that it failed, and how in a word: an error's code."""
        ...


class Tracer(Lifecycle, Protocol):
    """Makes spans. What is begun within a span, in the same task, is a part of it.

    `close` passes on what is left, within a bound, whether anybody takes it or not.
    """

    @property
    def is_on(self) -> bool:
        """Whether a span that begins here and now goes anywhere: else nobody need make it."""
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
        """Give the headers that tell another service of the span in hand; none when off."""
        ...
