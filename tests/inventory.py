"""The public surface, generated from the code: what a change of structure must not lose.

`python -m tests.inventory` writes tests/inventory.json anew; a test compares the two. A change that
is meant shows in the diff of that file.
"""

import ast
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from litestar.routes import HTTPRoute
from typer.core import TyperArgument, TyperOption

from adapters.config.variables import VARIABLES
from application.audit.types import AuditType
from application.metrics import METRICS, Histogram
from application.use_cases import UseCases
from entrypoints.cli.errors import EXIT_CODES
from entrypoints.error_catalogue import catalogue
from entrypoints.http.app import create_app, openapi_document
from tests.unit.entrypoints.cli.reference import commands

FILE: Final = Path(__file__).with_name("inventory.json")
_SOURCE: Final = Path(__file__).parents[1] / "src"
_OPERATION: Final = re.compile(
    r"(users|sessions|credentials|idempotency|audit|expired|database|cache|rate_limiter|password"
    r"|breached_passwords|active_users|accounts)\.[a-z_]+"
)
"""How calls are named in spans and metrics: what is called, and the operation."""


def inventory() -> dict[str, Any]:
    """Give the inventory by subject, in a stable order."""
    return {
        "routes": dict(sorted(_routes())),
        "schemas": dict(_schemas()),
        "errors": {each.code: [each.category, each.status, each.exit_code] for each in catalogue()},
        "exit codes": dict(sorted(EXIT_CODES.items())),
        "variables": {
            each.name: [
                each.documented_default
                if callable(each.default) or each.fallback
                else each.default,
                each.meaning,
            ]
            for each in VARIABLES
        },
        "commands": dict(_commands()),
        "metrics": dict(_metrics()),
        "use cases": sorted(UseCases.__annotations__),
        "spans and operations": sorted(
            # Fields of Settings are named alike.
            set(_matching(_OPERATION)) - {each.field for each in VARIABLES}
        ),
        "loggers": sorted(set(_matching(re.compile(r"armature\.[a-z_]+")))),
        "log fields": sorted(set(_log_fields())),
        "audit types": sorted(AuditType),
    }


def as_text() -> str:
    """Give it as the file has it."""
    return json.dumps(inventory(), indent=1, ensure_ascii=False, default=str) + "\n"


def _routes() -> Iterator[tuple[str, object]]:
    app = create_app()
    described = json.loads(openapi_document())["paths"]
    for route in sorted(app.routes, key=lambda each: each.path):
        if not isinstance(route, HTTPRoute):
            continue
        for handler in route.route_handlers:
            for method in sorted(handler.http_methods - {"OPTIONS"}):
                limits = app.limits.of(method, route.path_format)
                yield (
                    f"{method} {route.path_format}",
                    {
                        "guard": getattr(handler.resolve_before_request(), "__name__", None),
                        "limits": [limits.name, limits.user_name if limits.per_user else None],
                        **_described(described.get(route.path_format, {}).get(method.lower(), {})),
                    },
                )


def _described(operation: Mapping[str, Any]) -> dict[str, object]:
    body = operation.get("requestBody", {}).get("content", {})
    return {
        "security": operation.get("security"),
        "parameters": sorted(f"{p['in']} {p['name']}" for p in operation.get("parameters", ())),
        "body": {kind: _name(content) for kind, content in body.items()},
        "answers": {
            status: {
                "headers": sorted(answer.get("headers", {})),
                "content": {kind: _name(each) for kind, each in answer.get("content", {}).items()},
                "codes": sorted(set(re.findall(r'"code": "([A-Z_]+)"', json.dumps(answer)))),
            }
            for status, answer in sorted(operation.get("responses", {}).items())
        },
    }


def _name(content: Mapping[str, Any]) -> object:
    return json.dumps(content.get("schema"), sort_keys=True).replace('"', "")


def _schemas() -> Iterator[tuple[str, object]]:
    for name, schema in sorted(json.loads(openapi_document())["components"]["schemas"].items()):
        needed = schema.get("required", ())
        properties = schema.get("properties", {})
        yield name, sorted(f"{each}{'' if each in needed else '?'}" for each in properties)


def _commands() -> Iterator[tuple[str, object]]:
    for words, command in commands():
        yield (
            words,
            {
                "arguments": [p.metavar for p in command.params if isinstance(p, TyperArgument)],
                "options": sorted(
                    name
                    for p in command.params
                    if isinstance(p, TyperOption)
                    for name in (*p.opts, *p.secondary_opts)
                ),
            },
        )


def _metrics() -> Iterator[tuple[str, object]]:
    for metric in METRICS:
        bounds = metric.bounds if isinstance(metric, Histogram) else ()
        yield metric.name, [type(metric).__name__, metric.meaning, metric.labels, bounds]


def _trees() -> Iterator[ast.Module]:
    for file in sorted(_SOURCE.rglob("*.py")):
        yield ast.parse(file.read_text("utf-8"))


def _matching(pattern: re.Pattern[str]) -> Iterator[str]:
    for tree in _trees():
        for node in ast.walk(tree):
            text = node.value if isinstance(node, ast.Constant) else None
            if isinstance(text, str) and pattern.fullmatch(text):
                yield text


def _log_fields() -> Iterator[str]:
    """Give the keys of every dictionary in a function that logs with `extra`."""
    for tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _has_extra(node):
                for each in ast.walk(node):
                    if isinstance(each, ast.Dict):
                        for key in each.keys:
                            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                                yield key.value


def _has_extra(function: ast.AST) -> bool:
    return any(isinstance(each, ast.keyword) and each.arg == "extra" for each in ast.walk(function))


if __name__ == "__main__":
    FILE.write_text(as_text(), "utf-8")
