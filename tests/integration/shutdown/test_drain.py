"""SIGTERM: whoever is served is served to the end, and nobody new is sent here."""

import asyncio
import signal
import time

import httpx
import pytest

from tests.integration.processes import PATIENCE, Server
from tests.integration.shutdown.clients import REQUESTS, Answer, Load, SlowLogin, wait_until_refused
from tests.integration.shutdown.conftest import Serve

READY, _, LOGIN = REQUESTS


@pytest.mark.parametrize("workers", ["1", "2"])
async def test_no_request_fails_while_keep_alive_clients_keep_coming(
    serve: Serve, workers: str
) -> None:
    server = serve(HTTP_WORKERS=workers, DRAIN_DELAY="1m")
    load = Load()
    clients = asyncio.create_task(load.run(server.url))
    await load.is_running.wait()

    told_at = time.monotonic()
    server.process.send_signal(signal.SIGTERM)
    await load.all_told_to_leave()
    draining_at = time.monotonic()
    for _ in REQUESTS:
        await load.all_told_to_leave()
    # Ends the drain.
    code, said = await asyncio.to_thread(server.stop, signal.SIGINT)
    await clients

    assert (code, load.unanswered) == (0, [])
    assert "Traceback" not in said
    before = [answer for answer in load.answers if answer.answered_at < told_at]
    assert {(answer.status, answer.closes) for answer in before} == {(200, False)}
    _drained([answer for answer in load.answers if answer.asked_at > draining_at])


def _drained(during: list[Answer]) -> None:
    assert all(answer.closes for answer in during)
    ready = [answer for answer in during if answer.request == READY]
    assert {answer.status for answer in ready} == {503}
    assert all(b'"status":"draining"' in answer.body for answer in ready)
    others = [answer for answer in during if answer.request != READY]
    assert {answer.status for answer in others} == {200}
    assert any(answer.request == LOGIN for answer in others)


def test_a_request_in_flight_is_answered_after_the_listener_has_closed(serve: Serve) -> None:
    server = serve(DRAIN_DELAY="0s")
    login = SlowLogin(server.url)

    server.process.send_signal(signal.SIGTERM)
    wait_until_refused(server.url)

    assert login.finish().startswith(b"HTTP/1.1 200 ")
    code, said = _end(server)
    assert code == 0
    assert "Traceback" not in said


def test_a_request_that_never_ends_is_cut_off_in_the_end(serve: Serve) -> None:
    server = serve(DRAIN_DELAY="0s", SHUTDOWN_TIMEOUT="1s")
    login = SlowLogin(server.url)

    began = time.monotonic()
    code, said = server.stop()

    # The process was not killed, but closed what it had opened.
    assert code == 0
    assert time.monotonic() - began >= 1
    assert not login.answer().startswith(b"HTTP/1.1 200 ")
    assert "Traceback" not in said


def test_the_service_lives_while_it_drains(serve: Serve) -> None:
    server = serve(DRAIN_DELAY="1m")
    server.process.send_signal(signal.SIGTERM)

    while httpx.get(f"{server.url}/health/ready").status_code == 200:
        time.sleep(0.01)

    assert httpx.get(f"{server.url}/health").json() == {"status": "healthy"}
    assert httpx.get(f"{server.url}/health/live").headers["connection"] == "close"
    assert httpx.get(f"{server.url}/health/ready").headers["retry-after"] == "1"
    assert server.stop(signal.SIGINT)[0] == 0


def _end(server: Server) -> tuple[int, str]:
    _, said = server.process.communicate(timeout=PATIENCE)
    return server.process.returncode, said
