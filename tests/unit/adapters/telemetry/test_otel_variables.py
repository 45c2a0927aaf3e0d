from pathlib import Path

import pytest
from opentelemetry.sdk.trace import sampling

from adapters.telemetry.otel_variables import problems

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
HERE = {ENDPOINT: "http://127.0.0.1:4318"}
OTLP = "OTEL_EXPORTER_OTLP"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (ENDPOINT, "localhost:4318"),
        (ENDPOINT, "grpc://localhost:4317"),
        (ENDPOINT, "http://"),
        (ENDPOINT, "http://here:port"),
        (ENDPOINT, "http://here:99999"),
        (ENDPOINT, "http://he re"),
        (f"{OTLP}_TRACES_ENDPOINT", "here"),
        (f"{OTLP}_PROTOCOL", "grpc"),
        (f"{OTLP}_TRACES_PROTOCOL", "http/json"),
        (f"{OTLP}_HEADERS", "authorization"),
        (f"{OTLP}_HEADERS", "a=b,=c"),
        (f"{OTLP}_HEADERS", "a=b," * 10_000),
        (f"{OTLP}_HEADERS", "a=b\nc"),
        (f"{OTLP}_TIMEOUT", "10s"),
        (f"{OTLP}_TIMEOUT", "0"),
        (f"{OTLP}_TIMEOUT", "nan"),
        (f"{OTLP}_COMPRESSION", "brotli"),
        (f"{OTLP}_CERTIFICATE", "/nowhere/ca.pem"),
        ("OTEL_SDK_DISABLED", "yes"),
        ("OTEL_TRACES_EXPORTER", "console"),
        ("OTEL_TRACES_SAMPLER", "sometimes"),
        ("OTEL_PROPAGATORS", "tracecontext,b9"),
        ("OTEL_RESOURCE_ATTRIBUTES", "team=a,b"),
        ("OTEL_BSP_SCHEDULE_DELAY", "5s"),
        ("OTEL_BSP_MAX_QUEUE_SIZE", "0"),
        ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "4096"),
        ("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "-1"),
    ],
)
def test_what_is_wrong_is_told_by_its_name(name: str, text: str) -> None:
    (said,) = problems({**HERE, name: text})

    assert said.startswith(f"{name}: ")
    assert said.endswith(".")


def test_headers_are_not_repeated() -> None:
    (said,) = problems({**HERE, f"{OTLP}_HEADERS": "hunter2"})

    assert "hunter2" not in said


@pytest.mark.parametrize("arg", ["", "x", "1.1", "-0.1", "nan"])
@pytest.mark.parametrize("sampler", ["traceidratio", "parentbased_TraceIdRatio"])
def test_a_ratio_has_to_be_one(sampler: str, arg: str) -> None:
    environ = {**HERE, "OTEL_TRACES_SAMPLER": sampler, "OTEL_TRACES_SAMPLER_ARG": arg}

    (said,) = problems(environ)

    assert said.startswith("OTEL_TRACES_SAMPLER_ARG: ")


def test_every_sampler_of_the_sdk_is_known() -> None:
    for name in sampling._KNOWN_SAMPLERS:
        environ = {**HERE, "OTEL_TRACES_SAMPLER": name, "OTEL_TRACES_SAMPLER_ARG": "0.5"}
        assert problems(environ) == ()


@pytest.mark.parametrize(
    "more",
    [
        {},
        {ENDPOINT: "https://[::1]:4318/base"},
        {ENDPOINT: "https://user@collector.example"},
        {f"{OTLP}_PROTOCOL": "grpc", f"{OTLP}_TRACES_PROTOCOL": "http/protobuf"},
        {f"{OTLP}_HEADERS": "authorization=Basic%20dTpw, x-team=a b="},
        {f"{OTLP}_HEADERS": "api-key=dGVzdA==,"},
        {f"{OTLP}_TIMEOUT": "0.5", f"{OTLP}_COMPRESSION": "gzip"},
        {f"{OTLP}_CERTIFICATE": str(Path(__file__))},
        {"OTEL_SDK_DISABLED": "False", "OTEL_TRACES_EXPORTER": "otlp"},
        {"OTEL_PROPAGATORS": "tracecontext, baggage"},
        {"OTEL_RESOURCE_ATTRIBUTES": "team=a,region=", "OTEL_SERVICE_NAME": "anything, really"},
        {"OTEL_BSP_MAX_QUEUE_SIZE": "4", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "4"},
        {"OTEL_SPAN_EVENT_COUNT_LIMIT": "unset", "OTEL_TRACES_SAMPLER_ARG": "of another"},
        {"OTEL_TRACES_SAMPLER": "", "OTEL_BSP_SCHEDULE_DELAY": "", f"{OTLP}_PROTOCOL": ""},
    ],
)
def test_what_is_right_or_empty_is_no_problem(more: dict[str, str]) -> None:
    assert problems({**HERE, **more}) == ()


@pytest.mark.parametrize(
    "off", [{ENDPOINT: ""}, {"OTEL_SDK_DISABLED": "true"}, {"OTEL_TRACES_EXPORTER": "none"}]
)
def test_nothing_is_wrong_where_nothing_is_traced(off: dict[str, str]) -> None:
    assert problems({**HERE, "OTEL_TRACES_SAMPLER": "sometimes", **off}) == ()
