"""Documentation page: tables of schema fields."""

from collections.abc import Iterator
from typing import NamedTuple, cast

from entrypoints.http.docs.markup import Html, inline, tag, together
from entrypoints.http.openapi.schemas import Schema, Schemas, properties


class Field(NamedTuple):
    """One row: a field by its dotted name."""

    name: str
    type: str
    is_required: bool
    description: str


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
