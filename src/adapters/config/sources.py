"""Sources of variables: environment, `X_FILE`, `.env`, default, development secret."""

import errno
import os
import re
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from io import StringIO
from pathlib import Path
from typing import Final

from dotenv.parser import parse_stream

from adapters.config.guessable import passwords_of
from adapters.config.variables import VARIABLES
from application.settings import Environment
from domain.text import Bound

MAX_BYTES: Final = 64 * 1024
"""Of a variable, of a file that stands for one, and of `.env`."""
_BOUND: Final = Bound(MAX_BYTES, MAX_BYTES)
VAR: Final = Path("var")
"""The folder of a development machine's own files, below the working directory."""
_SECRET_FILE: Final = "jwt-secret"  # noqa: S105 # nosec B105 - the name of a file
_MAX_SECRET: Final = 1024
_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{43,}\n?", re.ASCII)


class Source(StrEnum):
    DEFAULT = "default"
    ENVIRONMENT = "environment"
    FILE = "file"
    DOTENV = ".env"


@dataclass(frozen=True, slots=True)
class Text:
    """The text of a variable, given or default.

    `problem` is a sentence about what was given; `path` is that of `X_FILE`; `inherited` is the
    variable that the default was taken from.
    """

    value: str
    source: Source
    problem: str | None = None
    path: str | None = None
    inherited: str | None = None


def collect(
    environ: Mapping[str, str], dotenv: Path | None
) -> tuple[dict[str, Text], tuple[str, ...]]:
    """Find the text of every variable; also returns the problems that belong to no variable.

    The environment wins over `.env`, which is read in development only; in both, `X_FILE` may
    stand for `X`. A variable that is set but empty has its default.
    """
    local, problems = _local(environ, dotenv)
    if local.pop("APP_ENV", Environment.DEVELOPMENT) != Environment.DEVELOPMENT:
        problems += ("APP_ENV: set it in the environment; .env is for development.",)
    local.pop("APP_ENV_FILE", None)
    texts: dict[str, Text] = {}
    above: dict[str, str] = {}
    for variable in VARIABLES:
        name = variable.name
        text = _given(name, environ, Source.ENVIRONMENT) or _given(name, local, Source.DOTENV)
        if text is None or not text.value:
            inherited = variable.fallback if above.get(variable.fallback or "") else None
            value = above[inherited] if inherited else variable.default_text(above)
            problem, path = (text.problem, text.path) if text else (None, None)
            text = Text(value, Source.DEFAULT, problem, path, inherited)
        texts[name] = text
        above[name] = text.value
    return texts, problems


def development_secret(folder: Path) -> bytes:
    """Read the JWT secret of a development machine; creates it, readable by its owner, if missing.

    Processes that start together get the same one: each writes a file of its own, and only the
    first hard link to the common name succeeds. Raises ValueError with what to do.
    """
    path = folder / _SECRET_FILE
    try:
        if not path.exists():
            folder.mkdir(parents=True, exist_ok=True)
            _create_secret(path)
        with path.open(encoding="ascii") as file:
            text = file.read(_MAX_SECRET + 1)
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"set it, or make {path} readable and writable.") from error
    if len(text) > _MAX_SECRET or not _SECRET.fullmatch(text):
        raise ValueError(f"{path} is not a secret of ours; delete it, and a new one is made.")
    return text.rstrip("\n").encode()


def secret_files(
    environ: Mapping[str, str], *, dotenv: Path | None = None, var: Path = VAR
) -> dict[str, str]:
    """List the files that hold secrets, path by name; none of them need exist.

    The name of a file that a variable gives is the variable's: where somebody put the secret itself
    in place of its path, the path must not be shown.
    """
    texts, _ = collect(environ, dotenv)
    files = {
        f"{variable.name}_FILE": path
        for variable in VARIABLES
        if (variable.is_secret or variable.is_url) and (path := texts[variable.name].path)
    }
    own = var / _SECRET_FILE
    return {**files, str(own): str(own)} if own.exists() else files


def secrets_at_hand(environ: Mapping[str, str], dotenv: Path) -> tuple[str, ...]:
    """List `.env` if it holds a secret, or a URL with a password."""
    local, _ = _local(environ, dotenv)
    holds_secret = any(
        value if variable.is_secret else variable.is_url and passwords_of(value)
        for variable in VARIABLES
        if (value := local.get(variable.name))
    )
    return (str(dotenv),) if holds_secret else ()


def _local(
    environ: Mapping[str, str], dotenv: Path | None
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Read `.env` in development."""
    stage = _given("APP_ENV", environ, Source.ENVIRONMENT)
    in_development = stage is None or stage.value.lower() == Environment.DEVELOPMENT
    return _read_dotenv(dotenv) if dotenv and in_development else ({}, ())


def _given(name: str, layer: Mapping[str, str], source: Source) -> Text | None:
    """Read a variable from one layer; None where the layer does not mention it."""
    value, path = layer.get(name), layer.get(f"{name}_FILE")
    if value is None and path is None:
        return None
    problem = None
    if value and not _BOUND.admits(value):
        problem = f"{name}: use at most {MAX_BYTES} bytes."
    elif value and path:
        problem = f"{name}: give {name} or {name}_FILE, not both."
    elif path:
        value, source = "", Source.FILE
        try:
            value = _read_text(path)
        except ValueError as error:  # Without the path, which may be the secret itself.
            problem = f"{name}_FILE: the file that it names {error}"
    return Text("" if problem else value or "", source, problem, path or None)


def _read_text(path: str) -> str:
    """Read a mounted secret, without its final newline; raises ValueError."""
    try:
        raw = _read_regular(path)
        value = raw.decode().removesuffix("\n").removesuffix("\r")
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror}.") from error
    except ValueError:
        raise ValueError("is not UTF-8 text.") from None
    if not value:
        raise ValueError("is empty.")
    if len(raw) > MAX_BYTES:
        raise ValueError(f"has more than {MAX_BYTES} bytes.")
    return value


def _read_dotenv(path: Path) -> tuple[dict[str, str], tuple[str, ...]]:
    """Read `KEY=value` lines; nothing in a value is expanded."""
    try:
        raw = _read_regular(str(path))
        text = raw.decode()
    except FileNotFoundError:
        return {}, ()
    except (OSError, ValueError):
        return {}, (".env: make it a readable file of UTF-8 text, or remove it.",)
    if len(raw) > MAX_BYTES:
        return {}, (f".env: it has more than {MAX_BYTES} bytes.",)
    values: dict[str, str] = {}
    problems: list[str] = []
    for binding in parse_stream(StringIO(text)):
        if binding.error:
            problems.append(f".env: line {binding.original.line} is not KEY=value.")
        elif binding.key is not None:
            values[binding.key] = binding.value or ""
    return values, tuple(problems)


def _read_regular(path: str) -> bytes:
    """Read a regular file, also through symbolic links, as orchestrators mount secrets.

    Raises OSError for anything else: a pipe may never get a writer, and a device has no end.
    """
    # Without O_NONBLOCK, opening a pipe already blocks until it has a writer.
    with open(path, "rb", opener=lambda p, flags: os.open(p, flags | os.O_NONBLOCK)) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "it is not a regular file")
        return file.read(MAX_BYTES + 1)


def _create_secret(path: Path) -> None:
    """Write a new secret to `path`, unless another process was first."""
    own = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    handle = os.open(own, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(f"{secrets.token_urlsafe(32)}\n")
        try:
            path.hardlink_to(own)
        except FileExistsError:
            return
    finally:
        own.unlink()
