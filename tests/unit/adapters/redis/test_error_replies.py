import re
from pathlib import Path

import pytest
from redis import exceptions
from redis.exceptions import AuthenticationError, OutOfMemoryError, ReadOnlyError, ResponseError

from adapters.redis.error_replies import ERROR_REPLIES, error_code


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ReadOnlyError("You can't write", status_code="READONLY"), "READONLY"),
        (AuthenticationError("no", status_code="WRONGPASS"), "WRONGPASS"),
        (OutOfMemoryError("full", status_code="OOM"), "OOM"),
        # redis-py has no class for these, and leaves the code where it was.
        (ResponseError("NOREPLICAS Not enough good replicas to write."), "NOREPLICAS"),
        (ResponseError("MISCONF Redis is configured to save RDB snapshots"), "MISCONF"),
        (ResponseError("BUSY Redis is busy running a script."), "BUSY"),
        # In a script: of Redis 7 and later, Valkey, and Redis 6.
        (ResponseError("ACL failure in script: User app has no ...", status_code="ERR"), "NOPERM"),
        (
            ResponseError("Error running script (call to f_1): @user_script:3: -READONLY You"),
            "READONLY",
        ),
        (ResponseError("unknown command", status_code="ERR"), "ERR"),
        (ResponseError("value is not an integer"), None),
        (exceptions.ConnectionError("Connection closed by server."), None),
        (exceptions.TimeoutError("Timeout reading from socket"), None),
        (OSError("No route to host"), None),
    ],
)
def test_the_code_of_an_error_reply_is_found_however_it_is_wrapped(
    error: Exception, code: str | None
) -> None:
    assert error_code(error) == code


def test_the_code_is_found_behind_the_error_that_a_sentinels_client_makes_of_it() -> None:
    wrapper = exceptions.ConnectionError("The previous master is now a slave")
    wrapper.__context__ = ReadOnlyError("You can't write", status_code="READONLY")

    assert error_code(wrapper) == "READONLY"


def test_the_documentation_has_the_table_of_the_code() -> None:
    page = (Path(__file__).parents[4] / "docs" / "resilience.md").read_text()
    rows = re.findall(r"^\| `([A-Z]+)` \| (.+) \| (reconnect|report) \|$", page, re.MULTILINE)

    assert [(code, said.replace("`", ""), then) for code, said, then in rows] == [
        (code, reply.meaning, "reconnect" if reply.reconnect else "report")
        for code, reply in ERROR_REPLIES.items()
    ]
