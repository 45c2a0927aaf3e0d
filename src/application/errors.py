"""Application errors that belong to no aggregate: outages, conflicts, deadlines, limits."""

from collections.abc import Mapping

from application.ports.rate_limiter import Quota, Ruling
from domain.errors import Category, DomainError, FieldError


class DependencyUnavailable(DomainError):
    """A database, cache or other dependency cannot be reached; repeating it later may work.

    Never raised for a caller's mistake, so an outage is never reported as bad credentials.
    `dependency` is its name ("database", "password hasher"), which policies compare; `retry_after`
    are the seconds after which a caller may try again.
    """

    code = "SERVICE_UNAVAILABLE"
    category = Category.UNAVAILABLE
    summary = "The service cannot answer right now. Please try again shortly."
    dependency: str = "unknown"
    retry_after: float = 1.0

    def __init__(
        self,
        message: str | None = None,
        *,
        errors: tuple[FieldError, ...] = (),
        context: Mapping[str, object] | None = None,
        dependency: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        self.dependency = dependency or self.dependency
        context = {"dependency": self.dependency, **(context or {})}
        super().__init__(message, errors=errors, context=context)
        if retry_after is not None:
            self.retry_after = retry_after


class DatabaseUnavailable(DependencyUnavailable):
    """The database cannot be reached or cannot work; raised by its adapters."""

    dependency = "database"


class DatabaseBusy(DependencyUnavailable):
    """A lock timeout; no outage of the database."""

    dependency = "database lock"


class DatabaseReadOnly(DependencyUnavailable):
    """The database is read-only: a standby, a full disk. Reads work, so no breaker opens."""

    dependency = "database writes"


class CircuitOpen(DependencyUnavailable):
    """The circuit breaker is open: the dependency was not called."""


class OutcomeUnknown(DependencyUnavailable):
    """The response to a COMMIT was lost: the transaction happened as a whole, or not at all."""

    summary = (
        "The service cannot tell whether this was done. "
        "Please look before you try again, or try again with the same Idempotency-Key."
    )


class ConcurrentUpdate(DomainError):
    """A concurrent change came first; nothing of this change was stored."""

    code = "CONCURRENT_UPDATE"
    category = Category.CONFLICT
    summary = "Someone else changed this at the same time. Please try again."


class DatabaseFailure(DomainError):
    """The database refused a statement because of a bug or a damaged database."""

    code = "DATABASE_ERROR"
    category = Category.INTERNAL


class SchemaOutdated(DatabaseFailure):
    """The database answers, but lacks migrations that this release needs."""


class DuplicateKey(DomainError):
    """A record with this key exists already, and the domain has no error of its own for that.

    If it has one, that is raised: UserAlreadyExists for a taken address.
    """

    code = "DUPLICATE_KEY"
    category = Category.CONFLICT
    summary = "This exists already."


class OperationTimedOut(DomainError):
    """The deadline of the call passed; only committed changes are stored."""

    code = "REQUEST_TIMEOUT"
    category = Category.TIMEOUT
    summary = "The request took too long."


class InvalidInput(DomainError):
    """Malformed input: invalid JSON, a cursor that the service did not issue."""

    code = "INVALID_INPUT"
    category = Category.MALFORMED
    summary = "The request cannot be read."


class RateLimitExceeded(DomainError):
    """Too many calls; repeat the request later."""

    code = "RATE_LIMIT_EXCEEDED"
    category = Category.RATE_LIMITED
    summary = "Too many requests. Please slow down."
    retry_after: float = 1.0
    """Seconds after which a caller may try again."""
    quotas: tuple[Quota, ...] = ()
    """What is left of each limit, where that is known."""

    @classmethod
    def of(cls, ruling: Ruling, message: str | None = None) -> "RateLimitExceeded":
        """Make the error of a refusal; its context names the exhausted limits."""
        error = cls(message, context={"limits": ", ".join(ruling.blocked)})
        error.retry_after = ruling.retry_after
        error.quotas = ruling.quotas
        return error


class ExternalServiceFailed(DomainError):
    """An external service that the request needs failed or did not answer."""

    code = "EXTERNAL_SERVICE_ERROR"
    category = Category.EXTERNAL
    summary = "A service that we depend on did not answer as it should."
