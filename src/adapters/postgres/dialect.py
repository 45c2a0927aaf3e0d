"""SQL dialect of PostgreSQL: native ids, times, arrays and JSON; rows are locked when read."""

from datetime import UTC, datetime
from typing import Final

from psycopg.types.json import Jsonb

from adapters.sql.dialect import Dialect

POSTGRESQL: Final = Dialect(
    name="postgresql",
    parameter=r"%(\1)s",
    clauses={
        # NO KEY: nobody changes an id, so sessions may be opened while their user is locked.
        "lock": "FOR NO KEY UPDATE",
        "skip_locked": "FOR UPDATE SKIP LOCKED",
        "skip_locked_tokens": "FOR UPDATE OF t SKIP LOCKED",
        "all": "ALL",
        "no_index": "",
        "join": "JOIN",
    },
    index="",
    encoders={dict: Jsonb},
    # psycopg gives a time in the time zone of the server's session.
    decoders={datetime: lambda time: time.astimezone(UTC)},
)
