"""Application errors that belong to no aggregate: outages, conflicts, deadlines, limits."""

from collections.abc import Mapping

from application.ports.rate_limiter import Quota, Ruling
from domain.errors import Category, DomainError, FieldError


class DependencyUnavailable(DomainError):
    """A database, cache or other dependency cannot be reached; trying again later may work.

    Never raised for a caller's mistake, so an outage is never reported as bad credentials.
    `dependency` is its name ("database", "password hasher"), by which policies know whose outage
    it is; `retry_after` are seconds after which a caller may try again.
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
    """The database cannot be reached, or cannot do its work: what its adapters raise."""

    dependency = "database"


class DatabaseBusy(DependencyUnavailable):
    """A lock was not given in time; the database works, so this is no outage of it."""

    dependency = "database lock"


class DatabaseReadOnly(DependencyUnavailable):
    """The database takes no writes: a standby, a full disk. Reads go on, so no breaker opens."""

    dependency = "database writes"


class CircuitOpen(DependencyUnavailable):
    """The dependency was down a moment ago, so it was not even asked; nothing happened."""


class OutcomeUnknown(DependencyUnavailable):
    """A COMMIT was sent and its answer lost: all of it happened, or none of it did."""

    summary = (
        "The service cannot tell whether this was done. "
        "Please look before you try again, or try again with the same Idempotency-Key."
    )


class ConcurrentUpdate(DomainError):
    """Someone else changed the same thing first; nothing of this change was kept."""

    code = "CONCURRENT_UPDATE"
    category = Category.CONFLICT
    summary = "Someone else changed this at the same time. Please try again."


class DatabaseFailure(DomainError):
    """The database refused a statement for a reason that is ours to mend."""

    code = "DATABASE_ERROR"
    category = Category.INTERNAL


class SchemaOutdated(DatabaseFailure):
    """The database answers, but lacks migrations that this release needs."""


class DuplicateKey(DomainError):
    """Something with this key is there already, and the domain has no name for that.

    Where it has one, that is raised: an address that is taken is UserAlreadyExists.
    """

    code = "DUPLICATE_KEY"
    category = Category.CONFLICT
    summary = "This exists already."


class OperationTimedOut(DomainError):
    """The deadline of the call passed; what was not committed did not happen."""

    code = "REQUEST_TIMEOUT"
    category = Category.TIMEOUT
    summary = "The request took too long."


class InvalidInput(DomainError):
    """Input that cannot be read at all: broken JSON, a cursor that we did not make."""

    code = "INVALID_INPUT"
    category = Category.MALFORMED
    summary = "The request cannot be read."


class RateLimitExceeded(DomainError):
    """The caller asked too often; the same request is welcome later."""

    code = "RATE_LIMIT_EXCEEDED"
    category = Category.RATE_LIMITED
    summary = "Too many requests. Please slow down."
    retry_after: float = 1.0
    """Seconds after which a caller may try again."""
    quotas: tuple[Quota, ...] = ()
    """What is left of each limit, where that is known."""

    @classmethod
    def of(cls, ruling: Ruling, message: str | None = None) -> "RateLimitExceeded":
        """Say that a limiter refused; the context names the limits that are used up."""
        error = cls(message, context={"limits": ", ".join(ruling.blocked)})
        error.retry_after = ruling.retry_after
        error.quotas = ruling.quotas
        return error


class ExternalServiceFailed(DomainError):
    """A service of somebody else, which this request cannot do without, answered badly or not."""

    code = "EXTERNAL_SERVICE_ERROR"
    category = Category.EXTERNAL
    summary = "A service that we depend on did not answer as it should."
