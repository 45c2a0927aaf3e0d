"""Data mapper: entities and read models to columns and back, derived from their fields.

A field of an entity is declared in its dataclass alone. How its type is stored:

- UUID, datetime, bool, str, int, bytes: a column of the field's name;
- an enumeration: its value;
- a value object with one field (`PersonName`): that field's value; a set of them: a list;
- a value object with several (`EmailAddress`): the columns that `split` names;
- a mapping: JSON.

None is NULL, whatever the type. What each engine makes of a UUID, a time, a list or JSON says its
dialect.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from operator import attrgetter
from types import NoneType
from typing import Any, Final, NamedTuple, Protocol, TypeVar, get_args, get_origin, get_type_hints
from uuid import UUID

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

FIRST_ID: Final = UUID(int=0)
LAST_ID: Final = UUID(int=2**128 - 1)
"""Below and above every id; no row has either."""

Row = Sequence[Any]
Convert = Callable[[Any], Any]
Decoders = Mapping[type, Convert]
"""By the type of a column (UUID, datetime, bool, list, dict): the engine's value to Python's."""


class RowType(Protocol[T_co]):
    """What the rows of a query become."""

    def decoder(self, decoders: Decoders) -> Callable[[Row], T_co]: ...


class Scalar(RowType[T]):
    """Rows of one column of this type."""

    def __init__(self, type: type[T]) -> None:
        self._type = type

    def decoder(self, decoders: Decoders) -> Callable[[Row], T]:
        convert = decoders.get(self._type)
        return (lambda row: row[0]) if convert is None else (lambda row: convert(row[0]))


class Mapper(RowType[T]):
    """Maps a dataclass or a NamedTuple to columns, in the order of its fields.

    `split` gives the columns of a value object with several fields. `reads` gives the expression
    by which a column is read, where it is not the column itself.
    """

    def __init__(
        self,
        type: type[T],
        *,
        split: Mapping[str, tuple[str, ...]] | None = None,
        reads: Mapping[str, str] | None = None,
    ) -> None:
        self.type = type
        self._fields = tuple(_fields(type, split or {}))
        self.columns = tuple(name for field in self._fields for name in field.columns)
        self.selected = ", ".join((reads or {}).get(name, name) for name in self.columns)

    def values(self, entity: T) -> dict[str, Any]:
        """Give the values of an entity by column."""
        found: dict[str, Any] = {}
        for field in self._fields:
            value = getattr(entity, field.name)
            if len(field.columns) == 1:
                found[field.columns[0]] = None if value is None else field.pack(value)
            else:
                parts = (None,) * len(field.columns) if value is None else field.pack(value)
                found.update(zip(field.columns, parts, strict=True))
        return found

    def decoder(self, decoders: Decoders) -> Callable[[Row], T]:
        """Give what rebuilds an entity from a row of `columns`."""
        build: Callable[..., T] = self.type
        names = [field.name for field in self._fields]
        if len(self.columns) == len(names):
            converts = [_chain(decoders.get(field.stored), field.unpack) for field in self._fields]
            return lambda row: build(
                **{
                    name: value if value is None or convert is None else convert(value)
                    for name, convert, value in zip(names, converts, row, strict=True)
                }
            )
        reads = [*_reads(self._fields, decoders)]
        return lambda row: build(**{name: read(row) for name, read in reads})


class _Field(NamedTuple):
    """`stored` is the type of its column, by which a dialect decodes it."""

    name: str
    columns: tuple[str, ...]
    stored: type
    pack: Convert
    unpack: Convert | None


def _fields(owner: type, split: Mapping[str, tuple[str, ...]]) -> list[_Field]:
    hints = get_type_hints(owner)
    names = (
        [field.name for field in fields(owner) if field.init]
        if is_dataclass(owner)
        else [*getattr(owner, "_fields", ())]
    )
    return [_field(name, hints[name], split.get(name, (name,))) for name in names]


def _field(  # noqa: PLR0911 - a case for each form of a type
    name: str,
    hint: Any,  # noqa: ANN401 - a type hint
    columns: tuple[str, ...],
) -> _Field:
    type_ = _without_none(hint)
    origin: type = get_origin(type_) or type_
    if issubclass(origin, Enum):
        return _Field(name, columns, str, lambda value: value.value, type_)
    if is_dataclass(origin):
        parts = [part.name for part in fields(origin)]
        if len(parts) == 1:
            return _Field(name, columns, str, attrgetter(*parts), type_)
        return _Field(name, columns, type_, attrgetter(*parts), type_)
    if issubclass(origin, frozenset):
        (item,) = get_args(type_)
        value_of = attrgetter(fields(item)[0].name)
        return _Field(
            name,
            columns,
            list,
            lambda values: sorted(map(value_of, values)),
            lambda values: frozenset(map(item, values)),
        )
    if issubclass(origin, tuple):
        return _Field(name, columns, list, list, tuple)
    if issubclass(origin, Mapping):
        return _Field(name, columns, dict, dict, None)
    return _Field(name, columns, type_, lambda value: value, None)


def _without_none(hint: Any) -> Any:  # noqa: ANN401 - a type hint
    if NoneType not in get_args(hint):
        return hint
    (type_,) = (arg for arg in get_args(hint) if arg is not NoneType)
    return type_


def _chain(first: Convert | None, then: Convert | None) -> Convert | None:
    if first is None or then is None:
        return first or then
    return lambda value: then(first(value))


def _reads(fields_: Sequence[_Field], decoders: Decoders) -> list[tuple[str, Convert]]:
    """Give for each field what reads it from a row."""
    reads: list[tuple[str, Convert]] = []
    start = 0
    for field in fields_:
        end = start + len(field.columns)
        convert = _chain(decoders.get(field.stored), field.unpack)
        reads.append((field.name, _reader(slice(start, end), convert)))
        start = end
    return reads


def _reader(columns: slice, convert: Convert | None) -> Convert:
    index = columns.start
    if convert is None:
        return lambda row: row[index]
    if columns.stop - index > 1:
        return lambda row: None if row[index] is None else convert(*row[columns])
    return lambda row: None if row[index] is None else convert(row[index])
