"""Accounts as bytes."""

import hashlib

import msgspec

from application.user.views import UserView

_DECODER = msgspec.msgpack.Decoder(UserView)
_ENCODER = msgspec.msgpack.Encoder()


def encode(view: UserView) -> bytes:
    """Give MessagePack; never empty."""
    return _ENCODER.encode(view)


def decode(data: bytes) -> UserView | None:
    """Read what `encode` of the same `version` made; None for what it did not make."""
    try:
        return _DECODER.decode(data)
    except msgspec.DecodeError:
        return None


def version() -> str:
    """Name the shape: another one, field or type, gives another name."""
    shape = msgspec.json.encode(msgspec.json.schema(UserView))
    return hashlib.sha256(shape).hexdigest()[:8]
