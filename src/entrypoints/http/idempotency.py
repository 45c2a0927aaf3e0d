"""`Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header)."""

import re
from typing import Final

from litestar.datastructures import ResponseHeader

from application.errors import InvalidInput
from entrypoints.http.openapi.operations import HeaderParameter
from entrypoints.http.request import ApiRequest

KEY: Final = HeaderParameter(
    name="Idempotency-Key",
    description="1 to 255 visible ASCII characters that you make up, best a UUID. The same request"
    " with the same key is carried out once within 24 hours, however often it is sent.",
    schema={
        "type": "string",
        "minLength": 1,
        "maxLength": 255,
        "examples": ["0b8f1c52-6b7e-4d0a-9d5b-3f0f2f6f4a11"],
    },
)
REPLAYED: Final = ResponseHeader(
    name="Idempotency-Replayed",
    description="`true` when the request was carried out before, and not there otherwise.",
    documentation_only=True,
)

MAX_HEADER: Final = 1024
"""Characters, with quotes and the blanks around them."""

# A string as RFC 9651 §3.3.3 writes it, but for its escapes: a key is opaque.
_QUOTED: Final = re.compile(r'"([^"\\]*)"')


def idempotency_key(request: ApiRequest) -> str | None:
    """Give the key, None without one; the quotes that the draft puts around it are not a part.

    Raises InvalidInput for more than one: nobody could tell which of them counts.
    """
    values = request.headers.getall(KEY.name, [])
    if len(values) > 1:
        raise InvalidInput("Send one Idempotency-Key, or none.")
    if not values:
        return None
    if len(values[0]) > MAX_HEADER:
        raise InvalidInput("An idempotency key has 1 to 255 visible ASCII characters.")
    text = values[0].strip(" \t")
    quoted = _QUOTED.fullmatch(text)
    return quoted[1] if quoted else text
