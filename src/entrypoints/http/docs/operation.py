"""Documentation page: one operation."""

import json
from collections.abc import Iterator
from typing import Final

from entrypoints.http.docs.fields import Field, fields_table, table, type_of
from entrypoints.http.docs.markup import Html, inline, prose, tag, together
from entrypoints.http.openapi.document import error_example
from entrypoints.http.openapi.operations import Answer, Operation
from entrypoints.http.openapi.schemas import Schemas

ORIGIN: Final = "{{origin}}"
"""Stands where the address of the service comes; filled in when the page is sent."""

_LIMITS: Final = ("default", "minimum", "maximum", "minLength", "maxLength")


def operation_article(operation: Operation, schemas: Schemas) -> Html:
    text = together(
        prose(operation.description),
        _part("Path", table(_path_fields(operation))),
        _part("Query", table(_query_fields(operation, schemas))),
        _part("Headers", table(_header_fields(operation))),
        _part("Body", _body(operation, schemas)),
        _part("Answers", together(*(_answer(each, schemas) for each in operation.answers))),
    )
    return tag(
        "article",
        tag("h3", operation.summary),
        tag("p", *_route(operation), class_="route"),
        tag("div", tag("div", text), _calls(operation, schemas), class_="columns"),
        id=operation.id,
    )


def method_badge(operation: Operation) -> Html:
    return tag("span", operation.method, class_=f"method {operation.method.lower()}")


def _route(operation: Operation) -> Iterator[Html]:
    yield method_badge(operation)
    yield tag("code", operation.path)
    if operation.is_guarded:
        yield tag("span", "needs a token", class_="guard")


def _part(title: str, content: Html) -> Html:
    return together(tag("h4", title), content) if content else Html()


def _path_fields(operation: Operation) -> Iterator[Field]:
    for each in operation.path_parameters:
        yield Field(
            each.name, str(each.schema.get("format", "string")), is_required=True, description=""
        )


def _query_fields(operation: Operation, schemas: Schemas) -> Iterator[Field]:
    for each in operation.query_parameters:
        kind = type_of(each.schema, schemas)
        limits = [f"{k} {each.schema[k]}" for k in _LIMITS if k in each.schema]
        yield Field(each.name, ", ".join((kind, *limits)), each.is_required, each.description)


def _header_fields(operation: Operation) -> Iterator[Field]:
    for each in operation.header_parameters:
        yield Field(each.name, "string", is_required=False, description=each.description)


def _body(operation: Operation, schemas: Schemas) -> Html:
    if operation.body is None:
        return Html()
    return fields_table(schemas.by_type[operation.body], schemas)


def _answer(answer: Answer, schemas: Schemas) -> Html:
    kind = f"status s{answer.status // 100}"
    codes = tag("span", ", ".join(each.code for each in answer.errors), class_="codes")
    status = tag("span", str(answer.status), class_=kind)
    heading = tag("summary", status, " ", answer.description, codes)
    return tag("details", heading, *_answer_content(answer, schemas))


def _answer_content(answer: Answer, schemas: Schemas) -> Iterator[Html]:
    if answer.errors:
        yield tag("ul", *(_error(each.code, each.summary) for each in answer.errors))
        yield _json(error_example(answer.errors[0]))
    elif answer.type is not None:
        schema = schemas.by_type[answer.type]
        yield fields_table(schema, schemas)
        yield _json(schemas.sample(schema))


def _error(code: str, summary: str) -> Html:
    return tag("li", tag("code", code), " ", inline(summary))


def _calls(operation: Operation, schemas: Schemas) -> Html:
    """The column with a call to copy, and what comes back."""
    success = operation.answers[0]
    shown = [tag("h4", "Call"), tag("pre", tag("code", curl(operation, schemas)))]
    if success.type is not None:
        sample = schemas.sample(schemas.by_type[success.type])
        shown += [tag("h4", f"Answer {success.status}"), _json(sample)]
    return tag("div", *shown, class_="calls")


def curl(operation: Operation, schemas: Schemas) -> str:
    """A call to copy into a shell."""
    path = operation.path
    for each in operation.path_parameters:
        path = path.replace(f"{{{each.name}}}", str(schemas.sample(each.schema)))
    lines = [f"curl -X {operation.method}", f"{ORIGIN}{path}"]
    if operation.is_guarded:
        lines.append('-H "Authorization: Bearer $TOKEN"')
    if operation.body is not None:
        sample = json.dumps(schemas.sample(schemas.by_type[operation.body]), indent=2)
        lines += ['-H "Content-Type: application/json"', f"-d '{sample}'"]
    return " \\\n  ".join(lines)


def _json(value: object) -> Html:
    return tag("pre", tag("code", json.dumps(value, indent=2, ensure_ascii=False)))
