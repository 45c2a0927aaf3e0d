"""Whether a use case has changed anything for good yet."""

from contextvars import ContextVar, Token


class Commits:
    """`happened` once any unit of work of the use case was committed."""

    happened = False


_commits: ContextVar[Commits | None] = ContextVar("commits", default=None)


Watch = Token[Commits | None]


def watch_commits(commits: Commits | None = None) -> Watch:
    """Watch the units of work from here on, also those in tasks that are begun meanwhile."""
    return _commits.set(commits or Commits())


def unwatch_commits(watch: Watch) -> None:
    _commits.reset(watch)


def note_commit() -> None:
    commits = _commits.get()
    if commits is not None:
        commits.happened = True


def has_committed() -> bool:
    commits = _commits.get()
    return commits is not None and commits.happened
