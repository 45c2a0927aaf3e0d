import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from entrypoints.http.healthcheck import main


@contextmanager
def answering(line: bytes) -> Iterator[int]:
    """Give the port of one who answers a request with `line`."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                assert connection.recv(1000).startswith(b"GET /health HTTP/1.1\r\n")
                connection.sendall(line + b"\r\n\r\n")

        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        thread.join()


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", ""])
def test_a_server_that_says_200_is_healthy(host: str) -> None:
    with answering(b"HTTP/1.1 200 OK") as port:
        assert main({"HTTP_HOST": host, "HTTP_PORT": str(port)}) == 0


def test_the_port_may_be_in_a_file(tmp_path: Path) -> None:
    with answering(b"HTTP/1.1 200 OK") as port:
        file = tmp_path / "port"
        file.write_text(f"{port}\n")

        assert main({"HTTP_PORT_FILE": str(file)}) == 0


def test_another_answer_is_unhealthy(capsys: pytest.CaptureFixture[str]) -> None:
    with answering(b"HTTP/1.1 503 Service Unavailable") as port:
        assert main({"HTTP_PORT": str(port)}) == 1

    assert "not with 200" in capsys.readouterr().err


def test_nobody_there_is_unhealthy(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))

        assert main({"HTTP_PORT": str(nobody.getsockname()[1])}) == 1

    assert "refused" in capsys.readouterr().err


def test_a_port_that_is_none_is_unhealthy() -> None:
    assert main({"HTTP_PORT": "http"}) == 1
