"""Revision history read from file names, without importing Alembic."""

import re
from pathlib import Path

from application.errors import DatabaseFailure, InvalidInput

FOLDER = Path(__file__).parent
_FILE = re.compile(r"(\d{4})_\w+\.py")
_RELATIVE = re.compile(r"[+-]\d+")


def all_revisions() -> tuple[str, ...]:
    """Give every revision, the oldest first: one line of history, numbered from 0001."""
    names = (_FILE.fullmatch(path.name) for path in (FOLDER / "versions").iterdir())
    return tuple(sorted(name[1] for name in names if name))


def pending_after(found: str | None) -> tuple[str, ...]:
    """Give the revisions that a database at `found` lacks, the oldest first.

    Raises DatabaseFailure for a revision that is not in our history.
    """
    revisions = all_revisions()
    if found is None:
        return revisions
    if found not in revisions:
        raise DatabaseFailure(
            context={
                "operation": "migrate",
                "detail": f"The database is at revision {found}, which this release does not"
                f" know; its newest is {revisions[-1]}. Use the release that made it.",
            }
        )
    return revisions[revisions.index(found) + 1 :]


def check_target(revision: str) -> None:
    """Raise InvalidInput unless it is a revision, `head`, `base`, or relative as in `-1`."""
    known = {*all_revisions(), "head", "base"}
    if revision not in known and not _RELATIVE.fullmatch(revision):
        raise InvalidInput(
            f"There is no revision {revision}; known are {', '.join(sorted(known))}."
        )
