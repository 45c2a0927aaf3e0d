"""Whether spans hang together, say what they should, and nothing that they should not."""

import secrets

from tests.observe.collector import CLIENT, SERVER, Collector, Received
from tests.observe.load import Load
from tests.observe.report import demand

USE_CASE = "log_in"
LOG_IN = "POST /api/v1/auth/login"


def check_parentage(load: Load, collector: Collector) -> str:
    """From the caller's span over ours down to the database and the hash."""
    trace, caller = secrets.token_hex(16), secrets.token_hex(8)
    load.log_in({"traceparent": f"00-{trace}-{caller}-01"})
    spans = _of(trace, collector, LOG_IN)
    server = _one(spans, LOG_IN)
    demand(server.parent == caller, f"the request hangs on {server.parent}, not on its caller")
    demand(server.kind == SERVER, f"the request is a span of kind {server.kind}")
    use_case = _one(spans, USE_CASE)
    demand(use_case.parent == server.id, "the use case does not hang on the request")
    below = [span for span in spans if use_case.id in _line(span, spans)]
    calls = [span for span in below if "db.operation.name" in span.attributes]
    queries = [span for span in calls if "postgresql" in span.attributes["db.system.name"]]
    demand(queries, f"no call of the database within the use case: {[s.name for s in below]}")
    demand({span.kind for span in queries} == {CLIENT}, "calls of the database are no clients")
    demand([s for s in below if s.name == "password.verify"], "no hash within the use case")
    lost = [
        span.name for span in spans if span is not server and server.id not in _line(span, spans)
    ]
    demand(not lost, f"they hang on nothing: {lost}")
    names = [use_case.name, *sorted({span.name for span in below})]
    return f"{len(spans)} spans: {server.name} > {' > '.join(names[:1])} > {', '.join(names[1:])}"


def check_own_root(load: Load, collector: Collector) -> str:
    """A caller without a trace, or with a broken one, begins a new one."""
    before = {span.id for span in collector.spans()}
    load.me()
    load.me({"traceparent": "00-00000000000000000000000000000000-0000000000000000-01"})

    def roots(found: list[Received]) -> list[Received]:
        return [s for s in found if s.id not in before and s.name == "GET /api/v1/users/me"]

    found = roots(collector.await_spans(lambda spans: len(roots(spans)) > 1))
    demand(len({span.trace for span in found}) == 2, "two requests are not two traces")
    demand({span.parent for span in found} == {""}, "a root has a parent")
    return "a trace of their own"


def check_unsampled(load: Load, collector: Collector) -> str:
    """Who is told not to sample keeps quiet: by the default sampler the caller decides."""
    quiet, loud = secrets.token_hex(16), secrets.token_hex(16)
    load.me({"traceparent": f"00-{quiet}-{secrets.token_hex(8)}-00"})
    load.me({"traceparent": f"00-{loud}-{secrets.token_hex(8)}-01"})
    _of(loud, collector, "GET /api/v1/users/me")
    told = [span.name for span in collector.spans() if span.trace == quiet]
    demand(not told, f"spans of a trace that is not sampled: {told}")
    return "no span"


def check_secrecy(load: Load, collector: Collector) -> str:
    """What was planted is in no span; who somebody is, only in that of the request."""
    spans = collector.spans()
    told = {s.name for s in spans for secret in load.secrets if secret in s.text}
    demand(not told, f"values in spans: {sorted(told)}")
    named = {s.name for s in spans if load.user_id in s.text and s.kind != SERVER}
    demand(not named, f"ids in spans: {sorted(named)}")
    statements = {
        s.name for s in spans for verb in ("SELECT ", "INSERT ", "UPDATE ") if verb in s.text
    }
    demand(not statements, f"statements in spans: {sorted(statements)}")
    return f"{len(spans)} spans, {len(load.secrets)} planted values"


def _of(trace: str, collector: Collector, last: str) -> list[Received]:
    """Give the spans of a trace; that of the request ends last."""
    found = collector.await_spans(
        lambda spans: any(span.trace == trace and span.name == last for span in spans)
    )
    return [span for span in found if span.trace == trace]


def _one(spans: list[Received], name: str) -> Received:
    found = [span for span in spans if span.name == name]
    demand(len(found) == 1, f"{len(found)} spans are called {name}: {[s.name for s in spans]}")
    return found[0]


def _line(span: Received, spans: list[Received]) -> list[str]:
    """Give the ids of what a span is within, from the inside."""
    parents = {each.id: each.parent for each in spans}
    line: list[str] = []
    at = span.parent
    while at in parents and at not in line:
        line.append(at)
        at = parents[at]
    return line
