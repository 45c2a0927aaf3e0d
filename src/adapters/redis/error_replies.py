"""Error replies (RESP simple errors): their meaning, and whether to reconnect.

A reply that says "not this server" or "not with this login" may be mended by a new connection: the
name behind it is resolved again, sentinels or cluster nodes are asked again, and the login is
sent again. A reply about a condition of the right server is not: reconnecting would only add load.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from redis.exceptions import RedisError

_CODE: Final = re.compile(r"[A-Z][A-Z0-9_]+(?= )")
_IN_SCRIPT: Final = re.compile(r"Error running script .*?: -(?P<code>[A-Z]+) ")
"""How Redis before 7 wraps the reply to a command of a script."""
_ACL_IN_SCRIPT: Final = "ACL failure in script"
_LONGEST_CHAIN: Final = 5


@dataclass(frozen=True, slots=True)
class ErrorReply:
    """`reconnect` discards every connection; `meaning` is for the operator's log."""

    reconnect: bool
    meaning: str


ERROR_REPLIES: Final[Mapping[str, ErrorReply]] = {
    "READONLY": ErrorReply(reconnect=True, meaning="the server is a replica"),
    "MASTERDOWN": ErrorReply(reconnect=True, meaning="the server is a replica without a primary"),
    "NOREPLICAS": ErrorReply(reconnect=True, meaning="the primary has lost its replicas"),
    "LOADING": ErrorReply(reconnect=True, meaning="the server is starting"),
    "CLUSTERDOWN": ErrorReply(reconnect=True, meaning="the cluster does not serve this slot"),
    "NOPERM": ErrorReply(reconnect=True, meaning="the ACL of this user forbids a command or key"),
    "NOAUTH": ErrorReply(reconnect=True, meaning="the server asks for a password"),
    "WRONGPASS": ErrorReply(reconnect=True, meaning="the user or password is wrong"),
    "OOM": ErrorReply(reconnect=False, meaning="maxmemory is reached and nothing is evicted"),
    "MISCONF": ErrorReply(reconnect=False, meaning="the server cannot write its snapshots"),
    "BUSY": ErrorReply(reconnect=False, meaning="a script runs for too long"),
    "TRYAGAIN": ErrorReply(reconnect=False, meaning="the slot is being moved"),
    "MOVED": ErrorReply(reconnect=False, meaning="this is a cluster: use redis+cluster://"),
    "WRONGTYPE": ErrorReply(reconnect=False, meaning="another program uses keys of REDIS_PREFIX"),
}
"""By the first word of the reply. Any other one, and every lost connection, is only an outage."""


def error_code(error: BaseException) -> str | None:
    """Return the code of the error reply that `error` comes from, or None where there is none."""
    for each in _chain(error):
        if not isinstance(each, RedisError):
            continue
        text = str(each)
        if _ACL_IN_SCRIPT in text:
            return "NOPERM"
        if wrapped := _IN_SCRIPT.search(text):
            return wrapped["code"]
        # redis-py takes the code off where it has a class for it, and only there.
        found = _CODE.match(text)
        if code := each.status_code or (found and found.group()):
            return code
    return None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield the error and what it was raised from: a sentinel's client wraps READONLY."""
    for _ in range(_LONGEST_CHAIN):
        if error is None:
            return
        yield error
        error = error.__cause__ or error.__context__
