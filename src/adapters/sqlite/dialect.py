"""SQL dialect of SQLite: ids as 16 bytes, times as microseconds since 1970, lists as JSON."""

import json
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from adapters.sql.dialect import Dialect

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def to_micros(time: datetime) -> int:
    return (time - _EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    return _EPOCH + timedelta(microseconds=micros)


SQLITE: Final = Dialect(
    name="sqlite",
    parameter=r":\1",
    clauses={
        # A unit of work holds the lock of the whole file, so no row needs one of its own.
        "lock": "",
        "skip_locked": "",
        "skip_locked_tokens": "",
        "all": "-1",
        # https://sqlite.org/optoverview.html: a unary plus keeps a term from an index, and CROSS
        # JOIN keeps the tables in their order.
        "no_index": "+",
        "join": "CROSS JOIN",
    },
    index="INDEXED BY {}",
    encoders={
        UUID: lambda uuid: uuid.bytes,
        datetime: to_micros,
        list: json.dumps,
        dict: json.dumps,
    },
    decoders={
        UUID: lambda raw: UUID(bytes=raw),
        datetime: from_micros,
        bool: bool,
        list: json.loads,
        dict: json.loads,
    },
)
