"""What was raised is answered, and let go of."""

import gc
import weakref

from application.errors import InvalidInput
from entrypoints.http.middleware import ExchangeMiddleware
from tests.unit.entrypoints.http.conftest import call


class Body:
    """Stands for what a request holds: its HTTP server waits until nobody has it."""


async def test_nothing_of_a_request_that_failed_outlives_its_answer() -> None:
    held: list[weakref.ref[Body]] = []

    async def app(scope: dict[str, object], *_: object) -> None:
        body = Body()
        scope["body"] = body
        held.append(weakref.ref(body))
        raise InvalidInput

    gc.disable()
    try:
        async with call(ExchangeMiddleware(app)) as client:  # type: ignore[arg-type]  # as an ASGI server has it
            assert (await client.get("/")).status_code == 400
        assert [each() for each in held] == [None]
    finally:
        gc.enable()
