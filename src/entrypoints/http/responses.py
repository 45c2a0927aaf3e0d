"""Responses: JSON encoded once, bytes that are ready to send, and downloads (RFC 6266)."""

from typing import Any, Final, cast
from urllib.parse import quote

import msgspec
from litestar import MediaType, Response
from litestar.datastructures import ResponseHeader
from litestar.response.base import ASGIResponse
from litestar.types import Receive, Scope, Send

from application.file_name import ascii_file_name

_ENCODER: Final = msgspec.json.Encoder()
_JSON: Final = (b"content-type", b"application/json")
DISPOSITION: Final = ResponseHeader(
    name="Content-Disposition",
    description="`attachment`, with a name for the file.",
    documentation_only=True,
)
# RFC 8187 §3.2.1, attr-char, beside letters and digits.
_ATTR_CHAR: Final = "!#$&+-.^_`|~"


class EncodedResponse:
    """An ASGI application that sends one body, with headers that are encoded already."""

    __slots__ = ("_body", "_headers", "_status")

    def __init__(self, status: int, body: bytes, *headers: tuple[bytes, bytes]) -> None:
        self._status, self._body, self._headers = status, body, headers

    def to_asgi_response(self, **_: object) -> "EncodedResponse":
        """Be what the framework expects of an exception handler's result."""
        return self

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - as ASGI has it
        await send(
            {"type": "http.response.start", "status": self._status, "headers": self._headers}
        )
        await send({"type": "http.response.body", "body": self._body, "more_body": False})


class JsonResponse(Response[Any]):
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
        body = _ENCODER.encode(self.content)
        length = (b"content-length", b"%d" % len(body))
        return cast("ASGIResponse", EncodedResponse(status, body, _JSON, length))


def attachment(file_name: str) -> dict[str, str]:
    """Give `Content-Disposition` for a file with this name, made by `application.file_name`.

    Old clients take `filename`, all others `filename*` (RFC 6266 §4.3). Both are printable ASCII
    without quotes, so nothing in a name can end the header or begin another one.
    """
    plain, extended = ascii_file_name(file_name), quote(file_name, safe=_ATTR_CHAR)
    value = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{extended}"
    return {DISPOSITION.name: value}
