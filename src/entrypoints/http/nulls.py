"""Rejects NUL characters in query and path."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from litestar.typing import FieldDefinition

from domain.errors import FieldError, ValidationFailed

if TYPE_CHECKING:
    from entrypoints.http.request import ApiRequest

_NULL: Final = "null"


def refuse_null(request: "ApiRequest") -> None:
    """Raise ValidationFailed for the text `null` where a parameter may be left out.

    The decoder would take it for None, so a filter that somebody meant to set would let
    everything through. Where text is asked for, it is a text like others.
    """
    if request.scope["query_string"] and (errors := tuple(_nulls(request))):
        raise ValidationFailed(errors=errors)


def _nulls(request: "ApiRequest") -> Iterator[FieldError]:
    declared = request.route_handler.parsed_fn_signature.parameters
    for name, value in request.query_params.items():
        if value.lower() == _NULL and name in declared and _takes_null(declared[name]):
            yield FieldError(name, "Leave this out instead of sending null.")


def _takes_null(field: FieldDefinition) -> bool:
    return field.is_optional and all(inner.annotation is not str for inner in field.inner_types)
