"""OpenAPI operations and their parameters, derived from the routes."""

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import msgspec
from litestar import Litestar, MediaType, Response
from litestar.datastructures import ResponseHeader
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import ParameterKwarg
from litestar.routes import HTTPRoute
from litestar.typing import FieldDefinition

from domain.errors import ValidationFailed
from entrypoints.http.cookies.sessions import SAFE_METHODS
from entrypoints.http.errors.catalogue import CsrfFailed, phrase_of
from entrypoints.http.guards import authenticated
from entrypoints.http.negotiation import JSON
from entrypoints.http.openapi.schemas import Schema
from entrypoints.http.openapi.security import Requirement, security_of
from entrypoints.http.route_rules import (
    ALWAYS,
    BEARER,
    BODY,
    Catalogue,
    ErrorAnswers,
    error_answers,
)
from entrypoints.http.validation import struct_of

_API: Final = "/api/"
_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")


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


@dataclass(frozen=True, slots=True)
class Answer:
    """One status a route answers with; `type` is of its JSON body, None for other bodies."""

    status: int
    description: str
    type: object | None = None
    errors: Catalogue = ()
    media_type: str = "application/json"
    headers: tuple[ResponseHeader, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method of one path."""

    id: str
    method: str
    path: str
    tag: str
    summary: str
    description: str
    is_guarded: bool
    security: list[Requirement]
    is_limited: bool
    path_parameters: tuple[PathParameter, ...]
    query_parameters: tuple[QueryParameter, ...]
    header_parameters: tuple[HeaderParameter, ...]
    body: object | None
    is_body_required: bool
    max_body: int
    answers: tuple[Answer, ...]


def operations(app: Litestar) -> Iterator[Operation]:
    """Every operation that is meant for callers, in the order of the routes."""
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for handler in sorted(route.route_handlers, key=_rank):
                if handler.resolve_include_in_schema():
                    yield _operation(route, handler)


def _rank(handler: HTTPRouteHandler) -> int:
    """Reading comes before changing, and changing before ending."""
    return _METHODS.index(_method(handler)) if _method(handler) in _METHODS else len(_METHODS)


def _method(handler: HTTPRouteHandler) -> str:
    return str(next(iter(handler.http_methods)))


def _operation(route: HTTPRoute, handler: HTTPRouteHandler) -> Operation:
    fields = handler.parsed_fn_signature.parameters
    method, is_guarded = _method(handler), handler.resolve_before_request() is authenticated
    path, query = path_parameters(route), tuple(query_parameters(route, fields))
    data = fields.get("data")
    implied = (BEARER if is_guarded else ()) + (BODY if data else ())
    implied += (ValidationFailed,) if query or path else ()
    implied += (CsrfFailed,) if is_guarded and method not in SAFE_METHODS else ()
    implied += ALWAYS if route.path.startswith(_API) else ()
    return Operation(
        id=handler.fn.__name__,
        method=method,
        path=route.path_format,
        tag=next(iter(handler.resolve_tags()), "Other"),
        summary=handler.summary or handler.fn.__name__.replace("_", " ").capitalize(),
        description=inspect.getdoc(handler.fn) or "",
        is_guarded=is_guarded,
        security=security_of(handler, method, is_guarded=is_guarded),
        is_limited=route.path.startswith(_API),
        path_parameters=path,
        query_parameters=query,
        header_parameters=header_parameters(handler),
        body=struct_of(data) if data else None,
        is_body_required=bool(data and data.is_required),
        max_body=handler.resolve_request_max_body_size() or 0,
        answers=tuple(_answers(handler, implied)),
    )


def _answers(handler: HTTPRouteHandler, implied: Catalogue) -> Iterator[Answer]:
    declared: Mapping[int, ResponseSpec] = handler.responses or {}
    own = tuple(
        error
        for spec in declared.values()
        if isinstance(spec, ErrorAnswers)
        for error in spec.errors
    )
    yield _success(handler)
    for status, spec in declared.items():
        if not isinstance(spec, ErrorAnswers):
            yield Answer(status, spec.description, spec.data_container)
    for status, spec in error_answers(*own, *implied).items():
        if isinstance(spec, ErrorAnswers):
            yield Answer(status, phrase_of(status), spec.data_container, spec.errors)


def _success(handler: HTTPRouteHandler) -> Answer:
    returned = handler.parsed_fn_signature.return_type
    if returned.is_subclass_of(Response):
        returned = returned.inner_types[0]
    status = handler.status_code
    description = handler.response_description or phrase_of(status)
    own = handler.media_type
    # One that answers in several shapes is not told apart by the framework.
    media_type = (own.value if isinstance(own, MediaType) else str(own)) or JSON
    if returned.annotation in {None, type(None), bytes, str}:
        return Answer(status, description, media_type=media_type)
    headers = tuple(sorted(handler.resolve_response_headers(), key=lambda each: each.name))
    return Answer(status, description, returned.raw, media_type=media_type, headers=headers)


_NOT_QUERY: Final = {"request", "data", "self"}
_LIMITS: Final = {
    "ge": "minimum",
    "le": "maximum",
    "min_length": "minLength",
    "max_length": "maxLength",
}


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
