"""`Content-Disposition` of downloads (RFC 6266)."""

from typing import Final
from urllib.parse import quote

from litestar.datastructures import ResponseHeader

from application.file_name import ascii_file_name

DISPOSITION: Final = ResponseHeader(
    name="Content-Disposition",
    description="`attachment`, with a name for the file.",
    documentation_only=True,
)
# RFC 8187 §3.2.1, attr-char, beside letters and digits.
_ATTR_CHAR: Final = "!#$&+-.^_`|~"


def attachment(file_name: str) -> dict[str, str]:
    """Give the header for a file with this name, made by `application.file_name`.

    Old clients take `filename`, all others `filename*` (RFC 6266 §4.3). Both are printable ASCII
    without quotes, so nothing in a name can end the header or begin another one.
    """
    plain, extended = ascii_file_name(file_name), quote(file_name, safe=_ATTR_CHAR)
    value = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{extended}"
    return {DISPOSITION.name: value}
