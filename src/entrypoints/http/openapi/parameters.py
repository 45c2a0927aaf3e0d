"""OpenAPI parameters: path, query, header."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import msgspec
from litestar.handlers import HTTPRouteHandler
from litestar.params import ParameterKwarg
from litestar.routes import HTTPRoute
from litestar.typing import FieldDefinition

from entrypoints.http.openapi.schemas import Schema

_NOT_QUERY: Final = {"request", "data", "self"}
_LIMITS: Final = {
    "ge": "minimum",
    "le": "maximum",
    "min_length": "minLength",
    "max_length": "maxLength",
}


@dataclass(frozen=True, slots=True)
class PathParameter:
    """A part of the path; one named `id` is a UUID."""

    name: str

    @property
    def schema(self) -> Schema:
        return {"type": "string", "format": "uuid"} if self.name == "id" else {"type": "string"}


@dataclass(frozen=True, slots=True)
class QueryParameter:
    """A query parameter, by its public name."""

    name: str
    description: str
    is_required: bool
    schema: Schema


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderParameter:
    """A header that a route reads by itself, and lists beside it: `headers=(KEY,)`."""

    name: str
    description: str
    schema: Schema


def header_parameters(handler: HTTPRouteHandler) -> tuple[HeaderParameter, ...]:
    return tuple(handler.opt.get("headers", ()))


def path_parameters(route: HTTPRoute) -> tuple[PathParameter, ...]:
    return tuple(PathParameter(name) for name in route.path_parameters)


def query_parameters(
    route: HTTPRoute, fields: Mapping[str, FieldDefinition]
) -> Iterator[QueryParameter]:
    for name, field in fields.items():
        if name not in _NOT_QUERY and name not in route.path_parameters:
            yield _query_parameter(name, field)


def _query_parameter(name: str, field: FieldDefinition) -> QueryParameter:
    declared = field.kwarg_definition
    definition = declared if isinstance(declared, ParameterKwarg) else ParameterKwarg()
    schema = _schema_of(field)
    for limit, keyword in _LIMITS.items():
        if (value := getattr(definition, limit)) is not None:
            schema[keyword] = value
    if field.has_default and field.default is not None:
        schema["default"] = field.default
    return QueryParameter(
        name=definition.name or name,
        description=definition.description or "",
        is_required=field.is_required,
        schema=schema,
    )


def _schema_of(field: FieldDefinition) -> Schema:
    """A schema in one piece: of an enumeration, its values."""
    whole = msgspec.json.schema(field.annotation)
    named = whole.pop("$defs", {})
    schema = _without_null(whole)
    reference = str(schema.get("$ref", ""))
    return {"enum": named[reference.rpartition("/")[2]]["enum"]} if reference else schema


def _without_null(schema: Schema) -> Schema:
    """A query has no null: a parameter that may be None may be left out."""
    choices = schema.get("anyOf")
    if isinstance(choices, list):
        named = [choice for choice in choices if choice.get("type") != "null"]
        return dict(named[0]) if len(named) == 1 else {"anyOf": named}
    return schema
