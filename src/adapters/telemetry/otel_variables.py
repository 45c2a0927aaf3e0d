"""Validation of OpenTelemetry's own variables.

For a wrong value its SDK continues with a default or ends with a traceback. Variables that accept
any text are not checked. An empty variable counts as unset (OpenTelemetry, "Environment Variable
Specification").
"""

import math
import os
import re
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import entry_points
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from adapters.telemetry.factory import traces_are_wanted
from domain.text import Bound

Check = Callable[[str], str | None]
"""Returns what to do about a text, without repeating it; None where it is valid."""


def problems(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return a sentence for each wrong variable; nothing where tracing is off."""
    if not traces_are_wanted(environ):
        return ()
    return tuple(f"{name}: {problem}" for name, problem in _results(environ) if problem)


def _results(environ: Mapping[str, str]) -> Iterator[tuple[str, str | None]]:
    for name, check in _CHECKS.items():
        if text := environ.get(name, ""):
            yield name, _checked(check, text)
    for rest, check in _OF_EXPORTER.items():
        # The variable of this signal wins; the general one may be meant for other signals.
        for name in (f"OTEL_EXPORTER_OTLP_TRACES_{rest}", f"OTEL_EXPORTER_OTLP_{rest}"):
            if text := environ.get(name, ""):
                yield name, _checked(check, text)
                break
    if environ.get("OTEL_TRACES_SAMPLER", "").lower() in _RATIOS:
        name = "OTEL_TRACES_SAMPLER_ARG"
        yield name, _ratio(environ.get(name, ""))
    yield _BATCH, _batch(environ)


def _checked(check: Check, text: str) -> str | None:
    return check(text) if _BOUND.admits(text) else f"use at most {_BOUND.octets} bytes."


def _endpoint(text: str) -> str | None:
    try:
        parts = urlsplit(text)
        is_right = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        is_right = False
    if is_right and text.isprintable() and " " not in text:
        return None
    return "use a URL of http:// or https://, as in http://collector:4318."


def _protocol(text: str) -> str | None:
    if text == "http/protobuf":
        return None
    return "use http/protobuf, which collectors take on port 4318; no other is spoken here."


def _headers(text: str) -> str | None:
    pairs = (pair.strip() for pair in text.split(","))
    if all(_HEADER.fullmatch(pair) for pair in pairs if pair):
        return None
    return "use name=value, with commas between them and values percent-encoded."


def _seconds(text: str) -> str | None:
    number = _number(text)
    return None if 0 < number < math.inf else "use a number of seconds above 0."


def _file(text: str) -> str | None:
    if Path(text).is_file() and os.access(text, os.R_OK):
        return None
    return "name a file that is there and can be read."


def _propagators(text: str) -> str | None:
    known = {"none", *(each.name for each in entry_points(group="opentelemetry_propagator"))}
    if {each.strip() for each in text.split(",")} <= known:
        return None
    return f"list some of {', '.join(sorted(known))}, with commas between them."


def _attributes(text: str) -> str | None:
    is_right = all("=" in pair for pair in text.split(","))
    return None if is_right else "use name=value, with commas between them."


def _ratio(text: str) -> str | None:
    return None if 0 <= _number(text) <= 1 else "set it to the part of traces to take, 0 to 1."


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _one_of(*words: str) -> Check:
    def check(text: str) -> str | None:
        return None if text.lower() in words else f"use one of {', '.join(words)}."

    return check


def _whole(low: int) -> Check:
    def check(text: str) -> str | None:
        is_number = text.isascii() and text.isdecimal() and len(text) <= _MAX_DIGITS
        is_right = is_number and int(text) >= low
        return None if is_right else f"use a whole number, {low} or more."

    return check


def _limit(text: str) -> str | None:
    return None if text.strip().lower() == "unset" else _whole(0)(text)


def _batch(environ: Mapping[str, str]) -> str | None:
    queue = environ.get("OTEL_BSP_MAX_QUEUE_SIZE") or "2048"
    batch = environ.get(_BATCH) or "512"
    if _whole(1)(queue) or _whole(1)(batch) or int(batch) <= int(queue):
        return None
    return "make it at most OTEL_BSP_MAX_QUEUE_SIZE."


_HEADER: Final = re.compile(r"[!#-'*+.0-9A-Z^-z|~-]+[ \t]*=[ -~]*")
_MAX_DIGITS: Final = 18
_BOUND: Final = Bound(16 * 1024, 16 * 1024)
_RATIOS: Final = ("traceidratio", "parentbased_traceidratio")
_BATCH: Final = "OTEL_BSP_MAX_EXPORT_BATCH_SIZE"
_LIMITS: Final = (
    "ATTRIBUTE_COUNT",
    "ATTRIBUTE_VALUE_LENGTH",
    "EVENT_ATTRIBUTE_COUNT",
    "LINK_ATTRIBUTE_COUNT",
    "SPAN_ATTRIBUTE_COUNT",
    "SPAN_ATTRIBUTE_VALUE_LENGTH",
    "SPAN_EVENT_COUNT",
    "SPAN_LINK_COUNT",
)
_OF_EXPORTER: Final[Mapping[str, Check]] = {
    "ENDPOINT": _endpoint,
    "PROTOCOL": _protocol,
    "HEADERS": _headers,
    "TIMEOUT": _seconds,
    "COMPRESSION": _one_of("none", "gzip", "deflate"),
    "CERTIFICATE": _file,
    "CLIENT_CERTIFICATE": _file,
    "CLIENT_KEY": _file,
}
_CHECKS: Final[Mapping[str, Check]] = {
    "OTEL_SDK_DISABLED": _one_of("true", "false"),
    "OTEL_TRACES_EXPORTER": _one_of("otlp", "none"),
    "OTEL_TRACES_SAMPLER": _one_of(
        *("always_on", "always_off", "parentbased_always_on", "parentbased_always_off"), *_RATIOS
    ),
    "OTEL_PROPAGATORS": _propagators,
    "OTEL_RESOURCE_ATTRIBUTES": _attributes,
    "OTEL_BSP_MAX_QUEUE_SIZE": _whole(1),
    "OTEL_BSP_SCHEDULE_DELAY": _whole(1),
    "OTEL_BSP_EXPORT_TIMEOUT": _whole(1),
    _BATCH: _whole(1),
    **{f"OTEL_{name}_LIMIT": _limit for name in _LIMITS},
}
