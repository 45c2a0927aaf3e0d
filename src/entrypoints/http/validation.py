"""Validation of JSON bodies, with every wrong field named."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, TypeVar, cast

import msgspec
from litestar.typing import FieldDefinition

from application.errors import InvalidInput
from domain.errors import FieldError, ValidationFailed

B = TypeVar("B", bound=msgspec.Struct)

_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_PLACE: Final = " - at `$"
MAX_SHOWN: Final = 120
"""Characters of a decoder's message that are shown: it quotes the value of an unknown word."""
_QUOTED: Final = re.compile(r"`([^`]*)`")
_NAMES: Final = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "null": "null",
    "object": "an object",
    "array": "a list",
    "uuid": "a UUID",
    "datetime": "a date and time",
}


def decode_body(raw: bytes, body_type: type[B]) -> B:
    """Read a JSON object; unknown fields are ignored, wrong ones are all named at once.

    One byte order mark is passed over, as RFC 8259 §8.1 allows.
    Raises InvalidInput for what is no JSON in UTF-8 (lone surrogates and nesting beyond the
    interpreter's depth included), ValidationFailed for JSON of another shape.
    """
    raw = raw.removeprefix(_BYTE_ORDER_MARK)
    try:
        # The decoder skips over unknown fields without looking at their bytes.
        raw.decode()
        return cast("B", _decoder(body_type).decode(raw))
    except msgspec.ValidationError:
        raise ValidationFailed(errors=tuple(_wrong_fields(raw, body_type))) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise InvalidInput("The body is not valid JSON in UTF-8.") from None


def struct_of(declared: FieldDefinition) -> type[msgspec.Struct]:
    """Give the struct of a handler's body, also where the body may be left out."""
    inner = declared.inner_types if declared.is_optional else ()
    kinds = [kind.annotation for kind in inner if not kind.is_none_type] or [declared.annotation]
    return cast("type[msgspec.Struct]", kinds[0])


def readable(message: str) -> str:
    """A decoder's message in words that mean something to a caller in any language."""
    words, _ = _apart(message)
    if words.startswith("Invalid UUID"):
        return "This must be a UUID."
    if len(words) > MAX_SHOWN:
        words = f"{words[:MAX_SHOWN]}..."
    words = _QUOTED.sub(_meaning, words)
    return f"{words}." if words else "This value is not valid."


def _apart(message: str) -> tuple[str, str]:
    """Give a decoder's message, and the path of the value below the field that it is about.

    Searched from the right: what stands to the left may be a caller's own text.
    """
    words, place, path = message.rpartition(_PLACE)
    return (words, path.removesuffix("`")) if place else (message, "")


def _meaning(quoted: re.Match[str]) -> str:
    return " or ".join(_NAMES.get(name, name) for name in quoted[1].split(" | "))


@lru_cache(maxsize=256)
def _decoder(body_type: type[msgspec.Struct]) -> msgspec.json.Decoder[msgspec.Struct]:
    return msgspec.json.Decoder(body_type)


def _wrong_fields(raw: bytes, body_type: type[msgspec.Struct]) -> Iterator[FieldError]:
    """Try each field by itself: the decoder stops at the first that is wrong."""
    values = _parse(raw)
    if not isinstance(values, dict):
        yield FieldError("", "The body must be a JSON object.")
        return
    for field in msgspec.structs.fields(body_type):
        name = field.encode_name
        if name in values:
            yield from _wrong_value(name, values[name], field.type)
        elif field.required:
            yield FieldError(name, "This field is needed.")


def _parse(raw: bytes) -> object:
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError):
        raise InvalidInput("The body is not valid JSON in UTF-8.") from None


def _wrong_value(name: str, value: object, wanted: object) -> Iterator[FieldError]:
    try:
        msgspec.convert(value, type=wanted)
    except msgspec.ValidationError as exc:
        yield FieldError(f"{name}{_apart(str(exc))[1]}", readable(str(exc)))
