"""Error responses sent outside of the framework."""

from litestar.types import HTTPScope, Send

from application.context import call_context
from entrypoints.http.error_answers import Asked, answer_error
from entrypoints.http.failures import log_failure, note_failure
from entrypoints.http.translation import to_domain_error


async def send_failure(exc: Exception, scope: HTTPScope, send: Send) -> None:
    """Say what `exc` means to its caller, and to the log what is ours to mend."""
    error = to_domain_error(exc)
    note_failure(scope, error)
    log_failure(error, exc)
    accept = b", ".join(value for name, value in scope["headers"] if name == b"accept")
    request_id = call_context.get().request_id
    answer = answer_error(error, Asked(request_id=request_id, accept=accept.decode("latin-1")))
    headers = {**answer.headers, "Content-Type": answer.media_type}
    headers["Content-Length"] = str(len(answer.body))
    await send(
        {
            "type": "http.response.start",
            "status": answer.status,
            "headers": [(k.lower().encode(), v.encode()) for k, v in headers.items()],
        }
    )
    body = b"" if scope["method"] == "HEAD" else answer.body
    await send({"type": "http.response.body", "body": body, "more_body": False})
