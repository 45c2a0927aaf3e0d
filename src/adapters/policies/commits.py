"""Whether a use case has changed anything for good yet."""

from contextvars import ContextVar, Token


class Commits:
    """`happened` once any unit of work of the use case was committed."""

    def __init__(self) -> None:
        self.happened = False


_commits: ContextVar[Commits | None] = ContextVar("commits", default=None)


class WatchedCommits:
    """Watches the units of work of a block, also those in tasks that it starts."""

    __slots__ = ("_token",)

    _token: Token[Commits | None]

    def __enter__(self) -> Commits:
        commits = Commits()
        self._token = _commits.set(commits)
        return commits

    def __exit__(self, *_: object) -> None:
        _commits.reset(self._token)


def note_commit() -> None:
    commits = _commits.get()
    if commits is not None:
        commits.happened = True


def has_committed() -> bool:
    commits = _commits.get()
    return commits is not None and commits.happened
