"""Tracks whether a use case has committed, which rules a retry out."""

from contextvars import ContextVar, Token


class CommitTracker:
    """`happened` once any unit of work of the use case was committed."""

    happened = False


_commits: ContextVar[CommitTracker | None] = ContextVar("commits", default=None)


Watch = Token[CommitTracker | None]


def track_commits(commits: CommitTracker | None = None) -> Watch:
    """Watch the units of work from here on, also those in tasks that are begun meanwhile."""
    return _commits.set(commits or CommitTracker())


def untrack_commits(watch: Watch) -> None:
    _commits.reset(watch)


def note_commit() -> None:
    commits = _commits.get()
    if commits is not None:
        commits.happened = True


def has_committed() -> bool:
    commits = _commits.get()
    return commits is not None and commits.happened
