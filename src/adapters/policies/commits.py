"""Whether a use case has changed anything for good yet."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class Commits:
    """`happened` once any unit of work of the use case was committed."""

    def __init__(self) -> None:
        self.happened = False


_commits: ContextVar[Commits | None] = ContextVar("commits", default=None)


@contextmanager
def watched_commits() -> Iterator[Commits]:
    """Watch the units of work of the block, also those in tasks that it starts."""
    commits = Commits()
    token = _commits.set(commits)
    try:
        yield commits
    finally:
        _commits.reset(token)


def note_commit() -> None:
    commits = _commits.get()
    if commits is not None:
        commits.happened = True


def has_committed() -> bool:
    commits = _commits.get()
    return commits is not None and commits.happened
