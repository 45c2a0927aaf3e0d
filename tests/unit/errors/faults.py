"""What an adapter raises, for those codes that a caller cannot provoke by what it sends."""

from application.errors import (
    ConcurrentUpdate,
    DatabaseFailure,
    DependencyUnavailable,
    DuplicateKey,
    ExternalServiceFailed,
    OperationTimedOut,
    RateLimitExceeded,
)

PLANTED = "db-7.internal:5432 /var/lib/secret SELECT hunter2"
"""What no caller may see of any fault."""

CONTEXT = {"detail": PLANTED}
FAULTS: dict[str, Exception] = {
    "INTERNAL_ERROR": RuntimeError(PLANTED),
    "DATABASE_ERROR": DatabaseFailure(context=CONTEXT),
    "DUPLICATE_KEY": DuplicateKey(context=CONTEXT),
    "CONCURRENT_UPDATE": ConcurrentUpdate(context=CONTEXT),
    "SERVICE_UNAVAILABLE": DependencyUnavailable(context=CONTEXT),
    "REQUEST_TIMEOUT": OperationTimedOut(context=CONTEXT),
    "EXTERNAL_SERVICE_ERROR": ExternalServiceFailed(context=CONTEXT),
    # Its feature comes later.
    "RATE_LIMIT_EXCEEDED": RateLimitExceeded(context=CONTEXT),
}
