"""Builds the meter and the tracer that the environment asks for."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from adapters.telemetry.exposition import FOLDER
from application.ports.meter import Meter
from application.version import VERSION

if TYPE_CHECKING:
    from adapters.telemetry.tracing import OtelTracer


def create_meter() -> Meter | None:
    """Measure where a parent shares a folder for the numbers: in a process that serves."""
    if FOLDER not in os.environ:
        return None
    from adapters.telemetry.prometheus import PrometheusMeter  # noqa: PLC0415 - as it asks for

    return PrometheusMeter()


def create_tracer(meter: Meter) -> "OtelTracer | None":
    """Trace where OpenTelemetry's variables name a collector."""
    if not traces_are_wanted(os.environ):
        return None
    for name in [each for each in os.environ if each.startswith("OTEL_") and not os.environ[each]]:
        # The specification treats empty as unset; the SDK warns of some, and fails on others.
        del os.environ[name]
    from adapters.telemetry.tracing import create  # noqa: PLC0415 - heavy

    return create(meter, VERSION)


def traces_are_wanted(environ: Mapping[str, str]) -> bool:
    """Whether OpenTelemetry's variables name a collector, and do not turn traces off."""
    named = environ.get("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") or environ.get(
        "OTEL_EXPORTER_OTLP_ENDPOINT"
    )
    is_off = environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true"
    return bool(named) and not is_off and environ.get("OTEL_TRACES_EXPORTER", "").lower() != "none"
