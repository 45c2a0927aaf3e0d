"""Whatever an exception holds, its caller sees nothing of it, and the log sees all of it, once."""

import asyncio
import logging
from collections.abc import Callable
from typing import cast

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar import get
from litestar.exceptions import HTTPException, InternalServerException

from application.errors import DatabaseFailure, DependencyUnavailable
from domain.errors import Category, Forbidden
from domain.user.errors import UserNotFound
from entrypoints.http import app as http_app
from entrypoints.http.app import HttpApi
from entrypoints.http.errors.handling import log_failure, to_domain_error
from entrypoints.http.request import ApiRequest

SECRETS = st.sampled_from(
    [
        "postgresql://app:hunter2@db-7.internal:5432/app",
        "/var/lib/armature/armature.db",
        "SELECT password_hash FROM users WHERE email = 'ann@example.com'",
        "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA",
        'Traceback (most recent call last): File "/app/src/x.py", line 7',
    ]
)
PLAIN: list[Callable[[str], Exception]] = [
    RuntimeError,
    ConnectionRefusedError,
    lambda text: FileNotFoundError(2, "No such file", text),
    lambda text: UnicodeDecodeError("utf-8", text.encode(), 0, 1, text),
    lambda text: ExceptionGroup(text, [ValueError(text)]),
    lambda text: HTTPException(text, status_code=418, extra={"at": text}),
    lambda text: InternalServerException(detail=text),
    lambda text: DependencyUnavailable(context={"detail": text}),
    lambda text: DatabaseFailure(context={"host": text, text: 1}),
    lambda text: Forbidden(context={"path": text}),
]
STATUSES = {403, 418, 500, 503, 400}


@st.composite
def chains(draw: st.DrawFn) -> tuple[Exception, list[str]]:
    """Give an exception with up to three causes, and what is planted in each."""
    texts = draw(st.lists(SECRETS, min_size=1, max_size=4, unique=True))
    error: Exception | None = None
    for text in texts:
        outer = draw(st.sampled_from(PLAIN))(text)
        outer.__cause__ = error
        error = outer
    assert error is not None
    return error, texts


@get("/failing")
async def fail(request: ApiRequest) -> None:
    raise request.app.state.error


def failing() -> HttpApi:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(http_app, "ROUTES", (fail,))
        return http_app.create_app()


APP = failing()


async def called(app: HttpApi, accept: str) -> httpx.Response:
    transport = httpx.ASGITransport(cast("Callable[..., object]", app))  # type: ignore[arg-type] # Litestar's own ASGI types
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        return await client.get("/failing", headers={"Accept": accept})


@given(chains(), st.sampled_from(["application/json", "application/problem+json", "text/html"]))
def test_nothing_of_an_exception_reaches_a_caller(
    chain: tuple[Exception, list[str]], accept: str
) -> None:
    error, planted = chain

    APP.state.error = error

    answer = asyncio.run(called(APP, accept))

    told = answer.text + str(answer.headers)
    assert answer.status_code in STATUSES
    assert [text for text in planted if text in told] == []
    assert "Traceback" not in told
    assert "hunter2" not in told


@given(chains())
def test_the_log_has_the_whole_chain_in_one_record(chain: tuple[Exception, list[str]]) -> None:
    error, planted = chain
    records = logged(error)

    told = to_domain_error(error)
    if told.category in {Category.FORBIDDEN, Category.MALFORMED}:
        assert records == []
        return
    (record,) = records
    line = record.getMessage()
    assert line.startswith(f"Request id-7 failed: {told.code}")
    assert "\n" not in line
    assert [text for text in planted if text not in line] == []
    for cause in _causes(error)[1:]:
        assert f"from {type(cause).__name__}" in line


def test_a_bug_has_its_traceback_and_an_outage_has_not() -> None:
    (bug,) = logged(RuntimeError("bug"))
    (outage,) = logged(DependencyUnavailable())

    assert (bug.levelno, outage.levelno) == (logging.ERROR, logging.WARNING)
    assert bug.exc_info
    assert outage.exc_info is None


def test_a_record_has_its_facts_for_those_who_log_json() -> None:
    outage = DependencyUnavailable(dependency="database", context={"operation": "users.get"})
    outage.__cause__ = ConnectionRefusedError("refused\nfake line")

    (record,) = logged(outage)

    facts = record.__dict__
    assert facts["request_id"] == "id-7"
    assert facts["code"] == "SERVICE_UNAVAILABLE"
    assert facts["context"] == {"dependency": "database", "operation": "users.get"}
    assert facts["causes"] == ["from ConnectionRefusedError: refused fake line"]


def test_what_was_being_handled_counts_as_a_cause() -> None:
    outage = DependencyUnavailable()
    outage.__context__ = KeyError("first")

    assert "from KeyError: 'first'" in logged(outage)[0].getMessage()


def test_a_ring_of_causes_ends() -> None:
    one, other = RuntimeError("one"), RuntimeError("other")
    one.__cause__, other.__cause__ = other, one

    assert logged(one)[0].getMessage().count("one") == 1


def test_what_a_caller_can_mend_is_not_logged() -> None:
    assert logged(UserNotFound(context={"id": "7"})) == []


class Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


def logged(error: Exception) -> list[logging.LogRecord]:
    handler = Kept()
    logger = logging.getLogger("armature.http")
    logger.addHandler(handler)
    try:
        log_failure(to_domain_error(error), error, "id-7")
    finally:
        logger.removeHandler(handler)
    return handler.records


def _causes(error: BaseException) -> list[BaseException]:
    return [error, *(_causes(error.__cause__) if error.__cause__ else [])]
