"""Port: facts of a database, for `doctor`."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from application.schema import FoundSchema


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseFacts:
    """None where something means nothing, as the `encoding` of a file does.

    `now` is the time of its server, and `connections` how many that takes from everybody.
    """

    schema: FoundSchema = field(default_factory=FoundSchema)
    encoding: str | None = None
    now: datetime | None = None
    connections: int | None = None
    is_encrypted: bool | None = None
    takes_writes: bool = True


class DatabaseInspection(Protocol):
    """Looks at a database from outside, whether the service could open it or not."""

    @property
    def has_schema(self) -> bool:
        """Whether it has to be migrated."""
        ...

    @property
    def files(self) -> tuple[str, ...]:
        """The paths of the files and folders that it is kept in; none on a server."""
        ...

    async def look(self) -> DatabaseFacts:
        """Connect, ask, and let go; nothing is changed.

        Raises DependencyUnavailable or DatabaseFailure with a `detail` for the operator.
        """
        ...
