"""JSON response of routes, encoded once."""

from typing import Any, Final, cast

import msgspec
from litestar import MediaType, Response
from litestar.response.base import ASGIResponse
from litestar.types import Receive, Scope, Send

_ENCODER: Final = msgspec.json.Encoder()
_TYPE: Final = (b"content-type", b"application/json")


class JsonAnswer(Response[Any]):
    """What the framework makes of data that a route gives; `response_class` of the application.

    Its own class looks for encoders, cookies and headers that none of our data routes has, and
    makes three copies of headers: more than half of what a route without work costs. Where a
    route is declared with any of that, its own class does answer.
    """

    def __init__(self, content: Any, **options: Any) -> None:  # noqa: ANN401 - whatever a route gives
        is_json = options.get("media_type") in {None, MediaType.JSON}
        if not is_json or options.get("background") or options.get("headers"):
            super().__init__(content, **options)
            return
        self.content = content
        self.status_code = options.get("status_code")
        self.media_type = None
        self.background = None

    def to_asgi_response(self, *args: Any, **options: Any) -> ASGIResponse:  # noqa: ANN401 - the framework's
        if self.media_type is not None or options.get("headers") or options.get("cookies"):
            full = Response(
                self.content,
                status_code=self.status_code,
                media_type=self.media_type,
                background=self.background,
            )
            return full.to_asgi_response(*args, **options)
        status = self.status_code or cast("int", options.get("status_code") or 200)
        return cast("ASGIResponse", _Encoded(status, _ENCODER.encode(self.content)))


class _Encoded:
    """An ASGI application that sends one body."""

    __slots__ = ("_body", "_status")

    def __init__(self, status: int, body: bytes) -> None:
        self._status = status
        self._body = body

    async def __call__(self, _: Scope, __: Receive, send: Send) -> None:
        headers = [_TYPE, (b"content-length", b"%d" % len(self._body))]
        await send({"type": "http.response.start", "status": self._status, "headers": headers})
        await send({"type": "http.response.body", "body": self._body, "more_body": False})
