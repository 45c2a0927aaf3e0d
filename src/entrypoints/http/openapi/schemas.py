"""JSON Schemas of structs, with examples."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import UnionType
from typing import Final, Union, cast, get_args, get_origin

import msgspec

Schema = dict[str, object]

_PREFIX: Final = "#/components/schemas/"
_SAMPLES: Final[Mapping[tuple[object, object], object]] = {
    ("string", "uuid"): "018f6b2e-7d1a-7c55-9f3e-2a6d5f0e9b41",
    ("string", "date-time"): "2025-06-01T12:00:00Z",
    ("string", None): "text",
    ("integer", None): 1,
    ("number", None): 0.5,
    ("boolean", None): True,
    ("null", None): None,
}


@dataclass(frozen=True, slots=True)
class Schemas:
    """Each type's own schema (mostly a reference) and the components they refer to."""

    by_type: Mapping[object, Schema]
    components: Mapping[str, Schema]

    def resolve(self, schema: Schema) -> Schema:
        """Follow references until there is something to look at."""
        while "$ref" in schema:
            schema = self.components[str(schema["$ref"]).removeprefix(_PREFIX)]
        return schema

    def sample(self, schema: Schema) -> object:
        """A value that a schema allows: its first example, or something plausible."""
        schema = self.resolve(schema)
        for key in ("examples", "enum"):
            if isinstance(values := schema.get(key), list):
                return values[0]
        if "const" in schema:
            return schema["const"]
        # A default of null says less than the other choice.
        if isinstance(choices := schema.get("anyOf"), list):
            return self.sample(choices[0])
        if "default" in schema:
            return schema["default"]
        return self._by_type(schema)

    def _by_type(self, schema: Schema) -> object:
        if schema.get("type") == "object":
            return {name: self.sample(value) for name, value in properties(schema).items()}
        if schema.get("type") == "array":
            items = schema.get("items")
            return [self.sample(cast("Schema", items))] if isinstance(items, dict) else []
        key = (schema.get("type"), schema.get("format"))
        return _SAMPLES.get(key, _SAMPLES.get((schema.get("type"), None)))


def schemas_of(types: Iterable[object]) -> Schemas:
    """Describe `types` and everything inside them; a union of bodies is any of them."""
    bodies = list(dict.fromkeys(types))
    listed = list(dict.fromkeys(kind for body in bodies for kind in _choices(body)))
    own, components = msgspec.json.schema_components(listed, ref_template=_PREFIX + "{name}")
    schemas = dict(zip(listed, own, strict=True))
    by_type = {body: _any_of([schemas[kind] for kind in _choices(body)]) for body in bodies}
    return Schemas(by_type=by_type, components=components)


def _choices(body: object) -> tuple[object, ...]:
    return get_args(body) if get_origin(body) in {Union, UnionType} else (body,)


def _any_of(choices: list[Schema]) -> Schema:
    return choices[0] if len(choices) == 1 else {"anyOf": choices}


def properties(schema: Schema) -> dict[str, Schema]:
    """The fields of an object's schema."""
    return cast("dict[str, Schema]", schema.get("properties", {}))
