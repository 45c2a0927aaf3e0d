"""OpenAPI 3.1 document."""

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from application.version import VERSION
from domain.errors import DomainError, FieldError, ValidationFailed
from entrypoints.http.answers import Problem
from entrypoints.http.errors.rendering import REALM, jsend, problem
from entrypoints.http.negotiation import JSON, PROBLEM
from entrypoints.http.openapi.operations import Answer, Operation
from entrypoints.http.openapi.schemas import Schema, Schemas, schemas_of
from entrypoints.http.openapi.security import SCHEMES
from entrypoints.http.rate_limiting.check import LIMIT, POLICY

TITLE: Final = "Armature"
EXAMPLE_ID: Final = "018f6b2e-7d1a-7c55-9f3e-2a6d5f0e9b41"
_REQUEST_ID: Final[Schema] = {
    "description": "Names this call in the log: yours when you sent one, else made for you.",
    "schema": {"type": "string"},
    "example": EXAMPLE_ID,
}
_LIMITS: Final[Schema] = {
    POLICY: {
        "description": "The limits of this route: hits (q) in seconds (w), each by its name.",
        "schema": {"type": "string"},
        "example": '"api";q=100;w=60, "api-user";q=100;w=60',
    },
    LIMIT: {
        "description": "What is left of each (r), and in how many seconds more is free (t).",
        "schema": {"type": "string"},
        "example": '"api";r=99;t=60, "api-user";r=99;t=60',
    },
}
_HEADERS: Final[dict[int, tuple[str, str]]] = {
    401: ("WWW-Authenticate", f'Bearer realm="{REALM}"'),
    429: ("Retry-After", "1"),
    503: ("Retry-After", "1"),
}


def schemas_for(listed: Iterable[Operation]) -> Schemas:
    """The schemas of every body that the operations take or give."""
    types: list[object] = [Problem]
    for operation in listed:
        bodies = [operation.body, *(answer.type for answer in operation.answers)]
        types += [body for body in bodies if body is not None]
    return schemas_of(types)


def document(listed: tuple[Operation, ...]) -> Schema:
    """Describe `listed`; every JSON value of the result is a plain built-in."""
    schemas = schemas_for(listed)
    paths: dict[str, Schema] = {}
    for operation in listed:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(
            operation, schemas
        )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": TITLE,
            "version": VERSION,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": tag} for tag in dict.fromkeys(each.tag for each in listed)],
        "paths": paths,
        "components": {
            "schemas": schemas.components,
            "securitySchemes": SCHEMES,
            "headers": {"X-Request-ID": _REQUEST_ID, **_LIMITS},
        },
    }


def error_example(error_type: type[DomainError], *, as_problem: bool = False) -> object:
    """The body of an error as a caller may meet it."""
    wrong = (FieldError("email", "This is not an e-mail address."),)
    error = error_type(errors=wrong) if error_type is ValidationFailed else error_type()
    body = problem(error, EXAMPLE_ID) if as_problem else jsend(error, EXAMPLE_ID)
    return msgspec.to_builtins(body)


def _operation(operation: Operation, schemas: Schemas) -> Schema:
    described: Schema = {
        "operationId": operation.id,
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": operation.description,
        "security": operation.security,
    }
    if parameters := list(_parameters(operation)):
        described["parameters"] = parameters
    if operation.body is not None:
        schema = schemas.by_type[operation.body]
        media = {"schema": schema, "example": schemas.sample(schema)}
        described["requestBody"] = {
            "description": f"{operation.max_body:,} bytes at most.",
            "required": operation.is_body_required,
            "content": {JSON: media},
        }
    described["responses"] = {
        str(answer.status): _answer(answer, schemas, is_limited=operation.is_limited)
        for answer in operation.answers
    }
    return described


def _parameters(operation: Operation) -> Iterator[Schema]:
    for place in operation.path_parameters:
        yield {"name": place.name, "in": "path", "required": True, "schema": place.schema}
    for query in operation.query_parameters:
        yield {
            "name": query.name,
            "in": "query",
            "required": query.is_required,
            "description": query.description,
            "schema": query.schema,
        }
    for header in operation.header_parameters:
        yield {
            "name": header.name,
            "in": "header",
            "required": False,
            "description": header.description,
            "schema": header.schema,
        }


def _answer(answer: Answer, schemas: Schemas, *, is_limited: bool) -> Schema:
    stamps = ("X-Request-ID", *(_LIMITS if is_limited else ()))
    headers: Schema = {name: {"$ref": f"#/components/headers/{name}"} for name in stamps}
    if answer.status in _HEADERS:
        name, example = _HEADERS[answer.status]
        headers[name] = {"schema": {"type": "string"}, "example": example}
    for header in answer.headers:
        headers[header.name] = {"description": header.description, "schema": {"type": "string"}}
    described: Schema = {"description": answer.description, "headers": headers}
    if answer.errors:
        described["content"] = _error_content(answer, schemas)
    elif answer.type is not None:
        schema = schemas.by_type[answer.type]
        media = {"schema": schema, "example": schemas.sample(schema)}
        described["content"] = {answer.media_type: media}
    return described


def _error_content(answer: Answer, schemas: Schemas) -> Schema:
    return {
        media_type: {
            "schema": schemas.by_type[body_type],
            "examples": {
                error.code: {
                    "summary": error.summary,
                    "value": error_example(error, as_problem=media_type == PROBLEM),
                }
                for error in answer.errors
            },
        }
        for media_type, body_type in ((JSON, answer.type), (PROBLEM, Problem))
    }
