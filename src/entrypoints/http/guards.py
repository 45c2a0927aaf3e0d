"""Guards: hooks that authenticate and rate-limit a request before its route runs.

Hooks and not the framework's guards: it copies the whole route for each guard of each request,
which took longer than verifying the token.
"""

from typing import TYPE_CHECKING, Final, cast

from entrypoints.http.authentication import authenticate
from entrypoints.http.nulls import refuse_null

if TYPE_CHECKING:
    from litestar.types import BeforeRequestHookHandler

    from entrypoints.http.request import ApiRequest


async def _public(request: "ApiRequest") -> None:
    await request.enforce_rate_limit()
    refuse_null(request)


async def _authenticated(request: "ApiRequest") -> None:
    await authenticate(request)
    refuse_null(request)


public: Final = cast("BeforeRequestHookHandler", _public)
"""Counts the request, before anything of a body is read."""
authenticated: Final = cast("BeforeRequestHookHandler", _authenticated)
"""Does the same for who has a session, and sets `request.caller`."""
