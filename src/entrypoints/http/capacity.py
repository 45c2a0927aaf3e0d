"""Connection limit of a server process."""

import resource
from typing import Final

MOST: Final = 4096
"""An idle connection costs a few KiB; a body in flight costs up to MAX_BODY."""
SPARE: Final = 256
"""Open files for all else: the database, the cache, the code."""
LEAST: Final = 64


def connections() -> int:
    """Raise the limit of open files as far as is needed and allowed, and say what it bears.

    Many systems begin at 1024. A server that runs out of them cannot accept, and one whose places
    are taken by callers who say nothing lets others wait until HEADER_TIMEOUT frees some. Server
    processes inherit the limit.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST + SPARE
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    room = MOST if soft == resource.RLIM_INFINITY else soft - SPARE
    return max(LEAST, min(room, MOST))
