"""Commits: shielded from cancellation, and tracked, since they rule a retry out."""

import asyncio
from collections.abc import Coroutine
from contextvars import ContextVar, Token
from typing import TypeVar

T = TypeVar("T")


async def shield_to_completion(work: Coroutine[object, object, T]) -> T:
    """Run `work` to its end whatever happens to the caller.

    A caller that is cancelled meanwhile waits for the end too, and is cancelled then: so what
    follows, a rollback for instance, never runs beside the work.
    """
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        while not task.done():
            try:
                await asyncio.wait({task})
            except asyncio.CancelledError:
                continue
        if not task.cancelled():
            task.exception()  # Seen, so that the loop does not report it as never retrieved.
        raise


class CommitTracker:
    """`happened` once any unit of work of the use case was committed."""

    happened = False


_commits: ContextVar[CommitTracker | None] = ContextVar("commits", default=None)


def track_commits(commits: CommitTracker | None = None) -> Token[CommitTracker | None]:
    """Track the units of work from here on, also those in tasks that are begun meanwhile."""
    return _commits.set(commits or CommitTracker())


def untrack_commits(token: Token[CommitTracker | None]) -> None:
    _commits.reset(token)


def note_commit() -> None:
    commits = _commits.get()
    if commits is not None:
        commits.happened = True


def has_committed() -> bool:
    commits = _commits.get()
    return commits is not None and commits.happened
