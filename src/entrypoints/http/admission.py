"""What is asked of every request before its route runs: hooks that routes are declared with.

Hooks and not the framework's guards: it copies the whole route for each guard of each request,
which took longer than verifying the token.
"""

from typing import TYPE_CHECKING, Final, cast

from entrypoints.http.allowance import take_allowance
from entrypoints.http.authentication import authenticate
from entrypoints.http.nulls import refuse_null

if TYPE_CHECKING:
    from litestar.types import BeforeRequestHookHandler

    from entrypoints.http.request import ApiRequest


async def _anybody(request: "ApiRequest") -> None:
    await take_allowance(request)
    refuse_null(request)


async def _bearer(request: "ApiRequest") -> None:
    await authenticate(request)
    refuse_null(request)


anybody: Final = cast("BeforeRequestHookHandler", _anybody)
"""Counts the request, before anything of a body is read."""
bearer: Final = cast("BeforeRequestHookHandler", _bearer)
"""Does the same for who has a session, and sets `request.caller`."""
