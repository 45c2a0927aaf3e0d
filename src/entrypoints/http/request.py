"""Request class with typed access to use cases and caller."""

from collections.abc import AsyncIterator
from typing import Any, Final, cast

from litestar import Request
from litestar.connection.base import empty_receive, empty_send
from litestar.datastructures import State
from litestar.types import HTTPReceiveMessage, Receive, Scope, Send
from litestar.typing import FieldDefinition

from application.actor import Account
from application.errors import InvalidInput
from entrypoints.http.cookies.sessions import CookieSessions
from entrypoints.http.errors.catalogue import PayloadTooLarge, UnsupportedMediaType
from entrypoints.http.exchange import exchange_of
from entrypoints.http.in_flight import Drain
from entrypoints.http.negotiation import is_json
from entrypoints.http.readiness import SharedReadiness
from entrypoints.http.validation import decode_body, struct_of

MAX_BODY: Final = 64 * 1024
"""Bytes of a body that are read at most, where its routes declare no less."""
MAX_AUTH_BODY: Final = 16 * 1024
"""The same below `/auth`, where anybody may send one."""
_MAX_DIGITS: Final = 18


class ApiRequest(Request[Account, str, State]):
    """Gives routes their use cases, their caller and their body.

    The body is the handler's `data` argument; its annotation is the struct to decode.
    """

    _is_read = False

    def __init__(
        self, scope: Scope, receive: Receive = empty_receive, send: Send = empty_send
    ) -> None:
        super().__init__(scope, receive, send)
        self.exchange = exchange_of(scope)
        """The state of this request outside of the framework."""
        self.use_cases = self.exchange.use_cases
        """Everything the service can do."""

    @property
    def cookie_sessions(self) -> CookieSessions:
        """What the service has agreed on with browsers."""
        return cast("CookieSessions", self.app.state["cookie_sessions"])

    @property
    def readiness(self) -> SharedReadiness:
        """The readiness check that all callers share."""
        return cast("SharedReadiness", self.app.state["readiness"])

    @property
    def is_draining(self) -> bool:
        """Whether this process is about to stop."""
        return cast("Drain", self.app.state["drain"]).has_begun

    @property
    def caller(self) -> Account:
        """Who asks; only on routes that are guarded by `bearer`."""
        return self.user

    async def body(self) -> bytes:
        """The whole body; it is empty only where the handler can do without.

        Raises UnsupportedMediaType, PayloadTooLarge, and InvalidInput when it is empty or never
        comes to its end.
        """
        if isinstance(self._body, bytes):
            return self._body
        self._check_headers()
        self._body = await self._read()
        if not self._body and not self._declared.is_optional:
            raise InvalidInput("The body is empty; send a JSON object.")
        return self._body

    async def json(self) -> Any:  # noqa: ANN401 - the framework's signature
        """The body as the struct that the handler declares."""
        return decode_body(await self.body(), struct_of(self._declared))

    @property
    def _declared(self) -> FieldDefinition:
        return self.route_handler.parsed_fn_signature.parameters["data"]

    @property
    def _most(self) -> int:
        """Bytes of its body: what the route, its router or the application declares."""
        return self.route_handler.resolve_request_max_body_size() or MAX_BODY

    @property
    def _too_large(self) -> PayloadTooLarge:
        return PayloadTooLarge(f"The body of this request has at most {self._most} bytes.")

    def _check_headers(self) -> None:
        announced = self.headers.get("content-length", "")
        if len(announced) > _MAX_DIGITS or (announced.isdecimal() and int(announced) > self._most):
            raise self._too_large
        content_type = self.headers.get("content-type")
        has_body = announced != "0" and (bool(announced) or "transfer-encoding" in self.headers)
        is_readable = not has_body if content_type is None else is_json(content_type)
        if not is_readable or self.headers.get("content-encoding", "identity") != "identity":
            raise UnsupportedMediaType

    async def _read(self) -> bytes:
        """Collect the body, and stop at the limit whatever `Content-Length` says."""
        chunks: list[bytes] = []
        size = 0
        async for chunk in self._chunks():
            size += len(chunk)
            if size > self._most:
                raise self._too_large
            chunks.append(chunk)
        return b"".join(chunks)

    async def _chunks(self) -> AsyncIterator[bytes]:
        while not self._is_read:
            message = cast("HTTPReceiveMessage", await self.receive())
            if message["type"] == "http.disconnect":
                # Its sender is gone, or has only stopped sending, or broke the framing: who is
                # still there gets an answer.
                self._is_read = True
                raise InvalidInput("The body broke off before its end.")
            self._is_read = not message.get("more_body", False)
            yield message.get("body", b"")
