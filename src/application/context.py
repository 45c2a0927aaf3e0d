"""Call context: request id, client, deadline and user of the call in progress."""

import time
from contextvars import ContextVar
from typing import NamedTuple
from uuid import UUID


class CallContext(NamedTuple):
    """One call: where it comes from and until when its caller waits.

    `deadline` is a monotonic time in seconds (`time.monotonic`), None for no limit.
    `client_address` is an IP address as text; `user_agent` is what the client calls itself.
    Both are None where a driver has no such thing. `user_id` is who asks, once that is known.
    """

    request_id: str
    client_address: str | None = None
    user_agent: str | None = None
    deadline: float | None = None
    user_id: UUID | None = None

    def bound(self, seconds: float) -> float:
        """Give `seconds`, or what is left until the deadline if that is less; 0 at least."""
        if self.deadline is None:
            return seconds
        return max(0.0, min(seconds, self.deadline - time.monotonic()))


def bind_user(user_id: UUID) -> None:
    """Set the user of the current call, for logs and events."""
    now = call_context.get()
    call_context.set(CallContext(*now[:-1], user_id))


call_context: ContextVar[CallContext] = ContextVar(
    "call_context", default=CallContext(request_id="none")
)
