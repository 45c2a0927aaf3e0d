"""OpenAPI document without a running server."""

from msgspec import json

from entrypoints.http.app import create_app
from entrypoints.http.openapi.document import document
from entrypoints.http.openapi.operations import operations


def openapi_document() -> bytes:
    """Give what `/openapi.json` gives, indented for people."""
    described = json.encode(document(tuple(operations(create_app()))))
    return json.format(described, indent=2)
