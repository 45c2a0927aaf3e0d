"""SQL dialect: statements are written once, and what differs between the engines is listed here.

A statement is text with named parameters (`:id`) and these placeholders:

- `{row}`: the columns that the rows are made of;
- `{columns}`, `{values}`, `{changes}`: those of the entity that is written, as columns, as
  parameters, and as `column = :column` but for its id;
- `{index[name]}`: a hint to read by that index, where the planner cannot know better;
- `{lock}`, ...: a clause of the dialect.

A statement that an engine needs in other words is given as `sqlite=` or `postgresql=`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Generic, NamedTuple, TypeVar, cast

from adapters.sql.mapping import Decoders, Mapper, Row, RowType

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

Values = Mapping[str, Any]

_PARAMETER: Final = re.compile(r"(?<!:):([a-z_]+)")


class Statement:
    """`operation` names it in metrics, spans, logs and errors: `users.get`.

    `entity` is what it writes, or reads. With `plan_anew` the server plans it for the values at
    hand, every time.
    """

    def __init__(
        self,
        operation: str,
        text: str,
        entity: Mapper[Any] | None = None,
        *,
        plan_anew: bool = False,
        **overrides: str,
    ) -> None:
        self.operation = operation
        self.text = text
        self.entity = entity
        self.plan_anew = plan_anew
        self.overrides = overrides

    def values_of(self, item: object) -> Values:
        """Give the values of an entity by column; values that are such already stay as they are."""
        if isinstance(item, Mapping) or self.entity is None:
            return cast("Values", item)
        return self.entity.values(item)


class Query(Statement, Generic[T_co]):
    """A statement that gives rows, each of which becomes a `row`."""

    def __init__(
        self,
        operation: str,
        text: str,
        row: RowType[T_co],
        *,
        entity: Mapper[Any] | None = None,
        plan_anew: bool = False,
        **overrides: str,
    ) -> None:
        read = row if isinstance(row, Mapper) else None
        super().__init__(operation, text, entity or read, plan_anew=plan_anew, **overrides)
        self.row = row


class Write(Statement):
    """A statement that gives no rows."""


class Call(NamedTuple):
    """A statement as a driver runs it, once for each of `every`."""

    operation: str
    text: str
    every: Sequence[Values]
    plan_anew: bool = False


class _Hints(dict[str, str]):
    def __init__(self, template: str) -> None:
        super().__init__()
        self._template = template

    def __missing__(self, name: str) -> str:
        return self._template.format(name)


@dataclass(frozen=True, eq=False, kw_only=True)
class Dialect:
    """`parameter` is how a parameter is written, as the replacement of a regular expression.

    `encoders` make what the engine stores of a value, by its type.
    """

    name: str
    parameter: str
    clauses: Mapping[str, str]
    index: str
    encoders: Mapping[type, Callable[[Any], Any]]
    decoders: Decoders
    _texts: dict[Statement, str] = field(default_factory=dict, init=False)
    _rows: dict[Statement, Callable[[Row], Any]] = field(default_factory=dict, init=False)

    def call(self, statement: Statement, *every: Values) -> Call:
        text = self._texts.get(statement) or self.text(statement)
        return Call(
            statement.operation, text, [self.encode(each) for each in every], statement.plan_anew
        )

    def rows(self, query: Query[T], rows: Sequence[Row]) -> list[T]:
        decode = self._rows.get(query)
        if decode is None:
            decode = self._rows[query] = query.row.decoder(self.decoders)
        return [decode(row) for row in rows]

    def encode(self, values: Values) -> dict[str, Any]:
        encoders = self.encoders
        return {
            name: encode(value) if (encode := encoders.get(type(value))) else value
            for name, value in values.items()
        }

    def text(self, statement: Statement) -> str:
        """Give the statement in this dialect."""
        mapper = statement.entity
        names = () if mapper is None else mapper.columns
        written = statement.overrides.get(self.name, statement.text).format(
            row="" if mapper is None else mapper.selected,
            columns=", ".join(names),
            values=", ".join(f":{name}" for name in names),
            changes=", ".join(f"{name} = :{name}" for name in names if name != "id"),
            index=_Hints(self.index),
            **self.clauses,
        )
        text = self._texts[statement] = _PARAMETER.sub(self.parameter, written)
        return text
