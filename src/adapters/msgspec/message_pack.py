"""MessagePack codec of cached values."""

import hashlib
from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")


class MessagePack(Generic[T]):
    """Writes and reads values of `kind`; `version` follows from its shape."""

    def __init__(self, kind: type[T]) -> None:
        self._encoder = msgspec.msgpack.Encoder()
        self._decoder = msgspec.msgpack.Decoder(kind)
        # Every field with its type, also of what it holds, is in the schema.
        shape = msgspec.json.encode(msgspec.json.schema(kind), order="sorted")
        self._version = hashlib.sha256(shape).hexdigest()[:8]

    @property
    def version(self) -> str:
        """Names the shape: another one, field or type, has another name."""
        return self._version

    def encode(self, value: T) -> bytes:
        """Give MessagePack; never empty."""
        return self._encoder.encode(value)

    def decode(self, data: bytes) -> T | None:
        """Read what `encode` of the same `version` made; None for anything else.

        Deeply nested input raises RecursionError, which is no DecodeError: any error means that the
        value is not ours.
        """
        try:
            return self._decoder.decode(data)
        except Exception:  # noqa: BLE001 - as above
            return None
