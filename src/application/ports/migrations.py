"""Port: schema migrations."""

from typing import Protocol


class Migrations(Protocol):
    """Moves a database between the shapes that the code has known.

    Synchronous, and meant for a short-lived process. All raise DependencyUnavailable or
    DatabaseFailure with a message for the operator.
    """

    def upgrade(self, revision: str = "head") -> None:
        """Bring the database up to `revision`; does nothing when it is there."""
        ...

    def downgrade(self, revision: str) -> None:
        """Bring the database back down to `revision`; `base` is the empty database."""
        ...

    def current(self) -> str | None:
        """Give the revision the database is at, None before the first."""
        ...

    def head(self) -> str:
        """Give the newest revision that the code knows."""
        ...
