"""Every metric: name, meaning and labels.

Names and labels are a contract with dashboards and alerts. What a label may say is bounded: route
templates and codes, never paths, addresses or ids.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


@dataclass(frozen=True, slots=True)
class Metric:
    """`labels` in the order in which their values are given."""

    name: str
    meaning: str
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Counter(Metric):
    """Only grows; its name ends in `_total`.

    The series of `known` labels stand at 0 from the start: a rate needs a number from before its
    first burst (Prometheus, "Instrumentation", on missing metrics). One without labels does so
    anyway; of others, whoever counts may know which there will be, and adds 0 at the start.
    """

    known: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Histogram(Metric):
    """Counts values up to each of `bounds`, which are in the unit that ends its name."""

    bounds: tuple[float, ...] = ()


class Across(StrEnum):
    """What several processes make of their gauges; a dead one has no part in it."""

    SUM = "sum"
    MAX = "max"


@dataclass(frozen=True, slots=True)
class Gauge(Metric):
    """Goes up and down."""

    across: Across = Across.SUM


_CALL = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_QUERY = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
_HASH = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
_LAG = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5)
_BYTES = (100, 1_000, 10_000, 100_000, 1_000_000)

HTTP_REQUESTS: Final = Counter(
    "http_requests_total", "Requests that were answered.", ("method", "endpoint", "status")
)
HTTP_DURATION: Final = Histogram(
    "http_request_duration_seconds",
    "From the first byte of a request that the application saw to the last of its answer.",
    ("method", "endpoint"),
    _CALL,
)
HTTP_REQUEST_SIZE: Final = Histogram(
    "http_request_size_bytes", "Bodies of requests.", ("method", "endpoint"), _BYTES
)
HTTP_RESPONSE_SIZE: Final = Histogram(
    "http_response_size_bytes", "Bodies of answers.", ("method", "endpoint"), _BYTES
)
HTTP_IN_FLIGHT: Final = Gauge("http_requests_in_flight", "Requests that are being worked on.")

QUERY_DURATION: Final = Histogram(
    "database_query_duration_seconds",
    "Calls of the database that it answered.",
    ("operation", "table"),
    _QUERY,
)
QUERY_ERRORS: Final = Counter(
    "database_query_errors_total",
    "Calls of the database that failed or were given up; a conflict is an answer.",
    ("operation", "error_type"),
)
CONNECTIONS_ACTIVE: Final = Gauge("database_connections_active", "Connections at work.")
CONNECTIONS_IDLE: Final = Gauge("database_connections_idle", "Connections that are open and free.")
CONNECTIONS_WAITING: Final = Gauge(
    "database_connections_waiting", "Calls that wait for a free connection."
)
CONNECTIONS_LIMIT: Final = Gauge(
    "database_connections_limit", "Connections that the processes may open."
)
DATABASE_READ_ONLY: Final = Gauge(
    "database_read_only", "1 while the database refuses writes, 0 otherwise.", (), Across.MAX
)

ACTIVE_USERS: Final = Gauge(
    "active_users", "Distinct users who were authenticated in the last 15 minutes.", (), Across.MAX
)
AUTHENTICATIONS: Final = Counter(
    "authentication_attempts_total", "Proofs of a password, by how they ended.", ("result",)
)
CACHE_HITS: Final = Counter("cache_hits_total", "Look-ups that the cache answered.")
CACHE_MISSES: Final = Counter("cache_misses_total", "Look-ups that the cache could not answer.")
BUSINESS_EVENTS: Final = Counter(
    "business_events_total", "What happened, and is committed.", ("event_type",)
)
ERRORS: Final = Counter("errors_total", "Errors that callers were given.", ("type", "severity"))

CIRCUIT_STATE: Final = Gauge(
    "circuit_breaker_state", "0 closed, 1 half-open, 2 open.", ("name",), Across.MAX
)
CIRCUIT_FAILURES: Final = Counter(
    "circuit_breaker_failures_total",
    "Outages that calls met.",
    ("name",),
    known=(("database",), ("cache",), ("rate limiter",), ("breached passwords",)),
)
FAILED_OPEN: Final = Counter(
    "failed_open_total",
    "Calls that went on without a dependency.",
    ("dependency", "operation"),
    known=(
        *(("cache", operation) for operation in ("open", "get", "set", "add", "decode")),
        *(("rate limiter", operation) for operation in ("open", "hit", "give_back")),
        ("active users", "count"),
        ("audit trail", "flush"),
        *(("breached passwords", reason) for reason in ("timeout", "SERVICE_UNAVAILABLE")),
    ),
)
RETRIES: Final = Counter("retries_total", "What was done again after a failure.", ("operation",))
RATE_LIMIT_DECISIONS: Final = Counter(
    "rate_limit_decisions_total",
    "What the limiter said: allowed or refused.",
    ("result",),
    known=(("allowed",), ("refused",)),
)

HASHING_DURATION: Final = Histogram(
    "password_hashing_duration_seconds",
    "Hashing or verifying a password, its wait for a thread included.",
    ("operation",),
    _HASH,
)
HASHING_ACTIVE: Final = Gauge("password_hashing_active", "Passwords that are being hashed.")
HASHING_WAITING: Final = Gauge("password_hashing_waiting", "Passwords that wait for a thread.")
HASHING_LIMIT: Final = Gauge(
    "password_hashing_limit", "Passwords that may be hashed or wait at the same time."
)
HASHING_REFUSED: Final = Counter(
    "password_hashing_refused_total", "Passwords that found the queue full."
)

LOOP_LAG: Final = Histogram(
    "event_loop_lag_seconds", "How late the event loop came back to a timer.", (), _LAG
)
SPANS_DROPPED: Final = Counter(
    "trace_spans_dropped_total", "Spans that no collector got.", ("reason",)
)

LOG_LINES_DROPPED: Final = Counter(
    "log_lines_dropped_total", "Lines of the log that whoever reads them was too slow for."
)

METRICS: Final[tuple[Metric, ...]] = tuple(
    value for value in list(vars().values()) if isinstance(value, Metric)
)
