"""Content negotiation: request media type and `Accept`."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final, NamedTuple

JSON: Final = "application/json"
PROBLEM: Final = "application/problem+json"

MAX_ACCEPT: Final = 8 * 1024
"""Characters of all lines together."""
MAX_RANGES: Final = 64
"""Media ranges that are looked at, from the left."""
MAX_CONTENT_TYPE: Final = 256

# RFC 9110 §5.6.6: parameters are tokens or quoted strings, and a quoted string may hold commas.
_WORD: Final = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_PARAMETER: Final = re.compile(rf"\s*;\s*(?:({_WORD})=({_WORD}|\"(?:[^\"\\]|\\.)*\"))?")
_RANGE: Final = re.compile(rf"\s*({_WORD}/{_WORD})")
_QUALITY: Final = re.compile(r"(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)")


class _MediaRange(NamedTuple):
    name: str
    parameters: dict[str, str]


def wants_problem(accept: str) -> bool:
    """Whether an error goes out as RFC 9457 rather than as JSend.

    It does when the caller names `application/problem+json` itself and likes it no less than
    `application/json` (RFC 9110 §12.5.1). A header that cannot be read is no wish at all.
    """
    if len(accept) > MAX_ACCEPT or "problem+json" not in accept.lower():
        return False
    qualities = {item.name: _quality(item) for item in islice(_media_ranges(accept), MAX_RANGES)}
    problem = qualities.get(PROBLEM, 0.0)
    general = (qualities.get(name) for name in (JSON, "application/*", "*/*"))
    return problem > 0 and problem >= next((q for q in general if q is not None), 0.0)


def is_json(content_type: str) -> bool:
    """Whether a `Content-Type` is `application/json` or `application/*+json`, in UTF-8."""
    if len(content_type) > MAX_CONTENT_TYPE:
        return False
    item = next(_media_ranges(content_type), None)
    if item is None:
        return False
    name = item.name
    named_json = name == JSON or (name.startswith("application/") and name.endswith("+json"))
    return named_json and item.parameters.get("charset", "utf-8").lower() in {"utf-8", "utf8"}


def _media_ranges(header: str) -> Iterator[_MediaRange]:
    """Each media range of a list, as far as the list follows the grammar."""
    position = 0
    while match := _RANGE.match(header, position):
        position = match.end()
        parameters: dict[str, str] = {}
        while parameter := _PARAMETER.match(header, position):
            position = parameter.end()
            if parameter[1]:
                parameters[parameter[1].lower()] = parameter[2].strip('"')
        yield _MediaRange(match[1].lower(), parameters)
        separator = re.compile(r"[\s,]*,").match(header, position)
        if not separator:
            return
        position = separator.end()


def _quality(item: _MediaRange) -> float:
    """The weight of a range: 1 unless said otherwise, 0 when it makes no sense."""
    weight = item.parameters.get("q", "1")
    return float(weight) if _QUALITY.fullmatch(weight) else 0.0
