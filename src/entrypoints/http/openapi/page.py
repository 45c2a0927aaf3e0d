"""Documentation page: plain HTML without script."""

import json
import re
from collections.abc import Iterator
from html import escape
from itertools import groupby
from typing import Final, NamedTuple, cast

from application.version import VERSION
from entrypoints.http.openapi.document import TITLE, error_example, schemas_for
from entrypoints.http.openapi.operations import Answer, Operation
from entrypoints.http.openapi.schemas import Schema, Schemas, properties

_INTRODUCTION: Final = """
Bodies are JSON. An answer that worked is `{"status": "success", "data": ...}`; one that was
refused is `{"status": "fail", "data": {"code", "message", "errors", "request_id"}}`, and trouble
on our side says `"status": "error"`. Ask for `application/problem+json` in `Accept` to get errors
as RFC 9457 has them. Rely on `code`: it never changes.

Routes that need a token take it as `Authorization: Bearer ...`. Every answer carries
`X-Request-ID`, yours when you sent one; name it when you report a problem.
"""


class Html(str):
    """Text that is markup already; any other text is escaped on its way in."""

    __slots__ = ()


class Field(NamedTuple):
    """One row: a field by its dotted name."""

    name: str
    type: str
    is_required: bool
    description: str


def render(listed: tuple[Operation, ...]) -> str:
    """The whole page; the address of the service is still to be filled in."""
    tags = [(name, tuple(group)) for name, group in groupby(listed, lambda each: each.tag)]
    body = tag("body", _top(), tag("div", _sidebar(tags), _main(listed, tags), class_="page"))
    return "<!DOCTYPE html>" + tag("html", _head(), body, lang="en")


def _head() -> Html:
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", f"{TITLE} {VERSION}"),
        tag("link", rel="stylesheet", href="/docs/style.css"),
    )


def _top() -> Html:
    name = tag("a", TITLE, href="#top", class_="name")
    version = tag("span", VERSION, class_="version")
    return tag("header", name, version, tag("a", "openapi.json", href="/openapi.json"), id="top")


def _sidebar(tags: list[tuple[str, tuple[Operation, ...]]]) -> Html:
    groups = (
        together(tag("h2", name), tag("ul", *(_link(each) for each in group)))
        for name, group in tags
    )
    return tag("nav", *groups, class_="operations")


def _link(operation: Operation) -> Html:
    name = tag("span", operation.summary)
    return tag("li", tag("a", method_badge(operation), name, href=f"#{operation.id}"))


def _main(listed: tuple[Operation, ...], tags: list[tuple[str, tuple[Operation, ...]]]) -> Html:
    return tag("main", tag("h1", f"{TITLE} API"), prose(_INTRODUCTION), *_sections(listed, tags))


def _sections(
    listed: tuple[Operation, ...], tags: list[tuple[str, tuple[Operation, ...]]]
) -> Iterator[Html]:
    schemas = schemas_for(listed)
    for name, group in tags:
        articles = (operation_article(each, schemas) for each in group)
        yield tag("section", tag("h2", name), *articles)


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


def fields_table(schema: Schema, schemas: Schemas) -> Html:
    """Every field of an object, those of its objects included; one table for each choice."""
    choices = cast("list[Schema]", schema.get("anyOf", [schema]))
    return Html(tag("p", "or").join(table(fields_of(choice, schemas)) for choice in choices))


def table(fields: Iterator[Field]) -> Html:
    rows = together(*(_row(field) for field in fields))
    return tag("table", tag("tbody", rows), class_="fields") if rows else Html()


def fields_of(schema: Schema, schemas: Schemas, prefix: str = "") -> Iterator[Field]:
    """Walk an object depth first; lists of objects show as `name[]`."""
    resolved = schemas.resolve(schema)
    required = cast("list[str]", resolved.get("required", []))
    for name, value in properties(resolved).items():
        own = schemas.resolve(value)
        description = str(value.get("description") or own.get("description") or "")
        yield Field(prefix + name, type_of(value, schemas), name in required, description)
        if own.get("type") == "array" and isinstance(items := own.get("items"), dict):
            yield from fields_of(items, schemas, f"{prefix}{name}[].")
        else:
            yield from fields_of(own, schemas, f"{prefix}{name}.")


def type_of(schema: Schema, schemas: Schemas) -> str:
    """A schema's type in a few words."""
    schema = schemas.resolve(schema)
    if "const" in schema:
        return f'"{schema["const"]}"'
    if isinstance(values := schema.get("enum"), list):
        return " or ".join(f'"{value}"' for value in values)
    if isinstance(choices := schema.get("anyOf"), list):
        return " or ".join(type_of(choice, schemas) for choice in choices)
    if schema.get("type") == "array":
        items = schema.get("items")
        return f"list of {type_of(items, schemas)}" if isinstance(items, dict) else "list"
    return str(schema.get("format") or schema.get("type") or "any")


def _row(field: Field) -> Html:
    need = tag("span", "required", class_="need") if field.is_required else Html()
    return tag(
        "tr",
        tag("th", tag("code", field.name), need, scope="row"),
        tag("td", tag("span", field.type, class_="type"), inline(field.description)),
    )


_CODE: Final = re.compile(r"`([^`]+)`")
_VOID: Final = {"link", "meta"}


def tag(name: str, /, *children: str, **attributes: str) -> Html:
    """An element; `class_` stands for the attribute `class`."""
    written = "".join(f' {key.rstrip("_")}="{escape(value)}"' for key, value in attributes.items())
    if name in _VOID:
        return Html(f"<{name}{written}>")
    return Html(f"<{name}{written}>{together(*children)}</{name}>")


def together(*children: str) -> Html:
    """Pieces of a page, one after the other."""
    return Html("".join(c if isinstance(c, Html) else escape(c) for c in children))


def prose(text: str) -> Html:
    """Paragraphs of plain text, in which `backticks` mark code."""
    paragraphs = (part.strip() for part in text.split("\n\n"))
    return together(*(tag("p", inline(part)) for part in paragraphs if part))


def inline(text: str) -> Html:
    """One piece of text, in which `backticks` mark code."""
    return Html(_CODE.sub(r"<code>\1</code>", escape(text, quote=False)))
