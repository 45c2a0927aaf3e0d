import os
from pathlib import Path

import pytest

from adapters.config.environment import load_settings
from adapters.config.hosts import hosts
from adapters.config.sources import MAX_BYTES
from adapters.config.variables import VARIABLES
from application.invalid_settings import InvalidSettings
from application.settings import HttpSettings
from tests.unit.adapters.config.loading import SECRET, load, problems
from tests.unit.bounds.worst import work_of


class TestFiles:
    def test_a_variable_may_come_from_a_file(self, tmp_path: Path) -> None:
        file = tmp_path / "secret"
        for content in (SECRET, f"{SECRET}\n", f"{SECRET}\r\n"):
            file.write_bytes(content.encode())

            settings = load_settings({"JWT_SECRET_FILE": str(file)}).settings

            assert settings.tokens.secret == SECRET.encode()

    def test_one_newline_is_stripped_and_no_more(self, tmp_path: Path) -> None:
        (tmp_path / "secret").write_text(f" {SECRET}\n\n")

        settings = load_settings({"JWT_SECRET_FILE": str(tmp_path / "secret")}).settings

        assert settings.tokens.secret == f" {SECRET}\n".encode()

    def test_a_variable_and_its_file_are_not_given_both(self, tmp_path: Path) -> None:
        said = problems({"HTTP_PORT": "1", "HTTP_PORT_FILE": str(tmp_path / "port")})

        assert said == ("HTTP_PORT: give HTTP_PORT or HTTP_PORT_FILE, not both.",)

    @pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe", b"x" * 100_000])
    def test_a_file_without_usable_text_is_a_problem(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "file").write_bytes(content)

        (said,) = problems({"HTTP_HOST_FILE": str(tmp_path / "file")})

        assert said.startswith("HTTP_HOST_FILE: ")

    @pytest.mark.parametrize("path", ["nowhere", ".", "a\0b", "x" * 5000])
    def test_a_file_that_cannot_be_read_is_a_problem_without_its_path(
        self, tmp_path: Path, path: str
    ) -> None:
        (said,) = problems({"DATABASE_URL_FILE": str(tmp_path / path)})

        assert said.startswith("DATABASE_URL_FILE: ")
        assert str(tmp_path) not in said

    @pytest.mark.parametrize("is_behind_a_link", [False, True])
    def test_what_is_no_regular_file_is_refused_at_once(
        self, tmp_path: Path, *, is_behind_a_link: bool
    ) -> None:
        file = tmp_path / "pipe"
        os.mkfifo(file)
        if is_behind_a_link:
            file = tmp_path / "link"
            file.symlink_to("pipe")

        (said,) = problems({"HTTP_HOST_FILE": str(file)})

        assert said == (
            "HTTP_HOST_FILE: the file that it names cannot be read: it is not a regular file."
        )

    def test_a_device_is_no_regular_file(self) -> None:
        (said,) = problems({"HTTP_HOST_FILE": "/dev/zero"})

        assert said.endswith("it is not a regular file.")

    def test_a_file_may_be_behind_links_as_orchestrators_mount_it(self, tmp_path: Path) -> None:
        (tmp_path / "..2026").mkdir()
        (tmp_path / "..2026" / "secret").write_text(SECRET)
        (tmp_path / "..data").symlink_to("..2026")
        (tmp_path / "secret").symlink_to("..data/secret")

        settings = load_settings({"JWT_SECRET_FILE": str(tmp_path / "secret")}).settings

        assert settings.tokens.secret == SECRET.encode()

    def test_a_secret_that_cannot_be_read_is_not_made_anew(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidSettings):
            load_settings({"JWT_SECRET_FILE": str(tmp_path / "none")}, var=tmp_path / "var")

        assert not (tmp_path / "var").exists()


class TestDotenv:
    @pytest.fixture
    def dotenv(self, tmp_path: Path) -> Path:
        return tmp_path / ".env"

    def test_it_is_read_in_development(self, dotenv: Path) -> None:
        dotenv.write_text('# comment\nexport HTTP_PORT=1234\nJWT_ISSUER="me"\nHTTP_HOST=\n')

        settings = load({}, dotenv)

        assert settings.http == HttpSettings(port=1234)
        assert settings.tokens.issuer == "me"

    @pytest.mark.parametrize("environment", ["test", "staging"])
    def test_it_is_not_read_elsewhere(self, dotenv: Path, environment: str) -> None:
        dotenv.write_text("HTTP_PORT=1234\n")

        assert load({"APP_ENV": environment}, dotenv).http.port == 3000

    def test_the_environment_wins(self, dotenv: Path, tmp_path: Path) -> None:
        (tmp_path / "port").write_text("7")
        dotenv.write_text("HTTP_PORT=1234\nHTTP_WORKERS=2\nCACHE_URL=none://\n")

        settings = load(
            {"HTTP_PORT": "5", "HTTP_WORKERS": "", "CACHE_URL_FILE": ""}
            | {"DATABASE_POOL_MAX_FILE": str(tmp_path / "port")},
            dotenv,
        )

        assert settings.http == HttpSettings(port=5, workers=1)
        assert settings.cache_url == "memory://"
        assert settings.database.pool_max == 7

    def test_nothing_in_it_is_expanded(self, dotenv: Path) -> None:
        dotenv.write_text("JWT_ISSUER=$HOME${HOME}\n")

        assert load({}, dotenv).tokens.issuer == "$HOME${HOME}"

    def test_it_may_be_missing(self, dotenv: Path) -> None:
        assert load({}, dotenv) == load({})

    def test_it_cannot_leave_development(self, dotenv: Path) -> None:
        dotenv.write_text("APP_ENV=production\n")

        assert problems({}, dotenv)[0].startswith("APP_ENV: ")

    def test_a_line_that_makes_no_sense_is_a_problem_that_does_not_repeat_it(
        self, dotenv: Path
    ) -> None:
        dotenv.write_text("HTTP_PORT=1\nJWT_SECRET='hunter2\n")

        (said,) = problems({}, dotenv)

        assert said == ".env: line 2 is not KEY=value."

    def test_bytes_that_are_no_text_are_a_problem(self, dotenv: Path) -> None:
        dotenv.write_bytes(b"\xff\n")

        assert problems({}, dotenv)[0].startswith(".env: ")

    def test_one_that_is_too_long_is_not_read_to_its_end(self, dotenv: Path) -> None:
        dotenv.write_text("# comment\n" * (MAX_BYTES // 10) + "HTTP_PORT=1234\n")

        assert problems({}, dotenv) == (f".env: it has more than {MAX_BYTES} bytes.",)

    def test_a_pipe_is_none(self, dotenv: Path) -> None:
        os.mkfifo(dotenv)

        assert problems({}, dotenv)[0].startswith(".env: ")


class TestLength:
    @pytest.mark.parametrize("name", [variable.name for variable in VARIABLES])
    def test_a_variable_that_is_too_long_is_parsed_by_nobody(self, name: str) -> None:
        for text in ("a" * (MAX_BYTES + 1), "\u0315" * (MAX_BYTES // 2 + 1), ":" * MAX_BYTES * 2):
            said = problems({name: text})

            assert f"{name}: use at most {MAX_BYTES} bytes." in said

    @pytest.mark.parametrize("text", [":" * MAX_BYTES, ":" * (MAX_BYTES - 1) + "!"])
    def test_a_host_that_is_too_long_for_a_name_is_matched_by_nobody(self, text: str) -> None:
        work = work_of(hosts, text)

        assert "fullmatch" not in work.native


class TestTheSecretOfDevelopment:
    @pytest.mark.parametrize("environment", ["development", "test"])
    def test_it_is_made_and_kept(self, tmp_path: Path, environment: str) -> None:
        environ = {"APP_ENV": environment}

        first = load_settings(environ, var=tmp_path).settings.tokens.secret

        assert len(first) >= 32
        assert load_settings(environ, var=tmp_path).settings.tokens.secret == first

    def test_one_that_is_spoilt_is_a_problem(self, tmp_path: Path) -> None:
        (tmp_path / "jwt-secret").write_text("spoilt")

        with pytest.raises(InvalidSettings, match=r"^JWT_SECRET: "):
            load_settings({}, var=tmp_path)

    def test_none_is_made_for_an_environment_that_is_not_known(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidSettings):
            load_settings({"APP_ENV": "prod"}, var=tmp_path / "var")

        assert not (tmp_path / "var").exists()
