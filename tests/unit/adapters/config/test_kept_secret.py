import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from adapters.config.sources import development_secret


def test_a_secret_is_made_once_and_then_kept(tmp_path: Path) -> None:
    directory = tmp_path / "deep" / "var"

    first = development_secret(directory)

    assert len(first) == 43
    assert development_secret(directory) == first
    assert development_secret(tmp_path / "other") != first


def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    development_secret(tmp_path)

    assert stat.S_IMODE((tmp_path / "jwt-secret").stat().st_mode) == 0o600


def test_who_starts_at_the_same_time_gets_the_same_secret(tmp_path: Path) -> None:
    barrier = Barrier(16)

    def start(_: int) -> bytes:
        barrier.wait()
        return development_secret(tmp_path)

    with ThreadPoolExecutor(16) as pool:
        secrets = set(pool.map(start, range(16)))

    assert len(secrets) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["jwt-secret"]


def test_who_comes_second_takes_the_secret_of_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = development_secret(tmp_path)
    # Nothing was there when the second looked.
    monkeypatch.setattr(Path, "exists", lambda _: False)

    assert development_secret(tmp_path) == first


@pytest.mark.parametrize(
    "content", ["", "\n", "short", "x" * 42, "x" * 43 + " ", "é" * 50, "x" * 2000]
)
def test_a_file_that_holds_something_else_is_refused_and_left_alone(
    tmp_path: Path, content: str
) -> None:
    file = tmp_path / "jwt-secret"
    file.write_text(content, "utf-8")

    with pytest.raises(ValueError, match="jwt-secret"):
        development_secret(tmp_path)

    assert file.read_text("utf-8") == content


def test_a_directory_that_cannot_be_made_is_a_value_error(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file")

    with pytest.raises(ValueError, match="readable and writable"):
        development_secret(tmp_path / "var")


def test_a_link_to_nowhere_is_a_value_error(tmp_path: Path) -> None:
    (tmp_path / "jwt-secret").symlink_to(tmp_path / "nowhere")

    with pytest.raises(ValueError, match="readable and writable"):
        development_secret(tmp_path)
