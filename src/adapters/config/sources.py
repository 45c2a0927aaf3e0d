"""Sources of a variable's text: environment, `X_FILE`, `.env`, default."""

import errno
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from io import StringIO
from pathlib import Path

from dotenv.parser import parse_stream

from adapters.config.variables import APP_ENV, VARIABLES
from application.settings import Environment
from domain.text import Bound

MAX_BYTES = 64 * 1024
"""Of a variable, of a file that stands for one, and of `.env`."""
_BOUND = Bound(MAX_BYTES, MAX_BYTES)


class Source(StrEnum):
    DEFAULT = "default"
    ENVIRONMENT = "environment"
    FILE = "file"
    DOTENV = ".env"


@dataclass(frozen=True, slots=True)
class Text:
    """What a variable was given, or its default; `wrong` is what to do about it."""

    value: str
    source: Source
    wrong: str | None = None


def collect(
    environ: Mapping[str, str], dotenv: Path | None
) -> tuple[dict[str, Text], tuple[str, ...]]:
    """Give a text for every variable, and the problems that are of no single variable.

    The environment wins over `.env`, which is read in development only; in both, `X_FILE` may
    stand for `X`. A variable that is there but empty has its default.
    """
    stage = _given(APP_ENV.name, environ, Source.ENVIRONMENT)
    local, problems = _local(stage, dotenv)
    if local.get(APP_ENV.name, Environment.DEVELOPMENT) != Environment.DEVELOPMENT:
        problems += ("APP_ENV: set it in the environment; .env is for development.",)
    texts: dict[str, Text] = {}
    for variable in VARIABLES:
        given = stage if variable is APP_ENV else _layered(variable.name, environ, local)
        if given is None or not given.value:
            default = variable.default
            values = {name: text.value for name, text in texts.items()}
            value = default if isinstance(default, str) else default(values)
            given = Text(value, Source.DEFAULT, given.wrong if given else None)
        texts[variable.name] = given
    return texts, problems


def given_by(
    environ: Mapping[str, str], dotenv: Path | None
) -> tuple[dict[str, str], Mapping[str, str]]:
    """Give the path that `X_FILE` has for each variable X that is in a file, and all of `.env`."""
    local, _ = _local(_given(APP_ENV.name, environ, Source.ENVIRONMENT), dotenv)
    paths: dict[str, str] = {}
    for variable in VARIABLES:
        names = {variable.name, f"{variable.name}_FILE"}
        layer = local if names.isdisjoint(environ) and variable is not APP_ENV else environ
        if path := layer.get(f"{variable.name}_FILE"):
            paths[variable.name] = path
    return paths, local


def _local(stage: Text | None, dotenv: Path | None) -> tuple[dict[str, str], tuple[str, ...]]:
    """Give what `.env` says, where it is asked."""
    in_development = stage is None or stage.value.lower() == Environment.DEVELOPMENT
    return _read_dotenv(dotenv) if dotenv and in_development else ({}, ())


def _layered(name: str, environ: Mapping[str, str], local: Mapping[str, str]) -> Text | None:
    found = _given(name, environ, Source.ENVIRONMENT)
    return found or _given(name, local, Source.DOTENV)


def _given(name: str, layer: Mapping[str, str], source: Source) -> Text | None:
    """Give what one layer says; None when it says nothing of the variable at all."""
    value, path = layer.get(name), layer.get(f"{name}_FILE")
    if value and not _BOUND.admits(value):
        return Text("", source, f"{name}: use at most {MAX_BYTES} bytes.")
    if value and path:
        return Text("", source, f"{name}: give {name} or {name}_FILE, not both.")
    if path:
        return _of_file(name, path)
    return None if value is None and path is None else Text(value or "", source)


def _of_file(name: str, path: str) -> Text:
    """Read a mounted secret; its path is not repeated, for it may be the secret itself."""
    wrong = None
    value = ""
    try:
        raw = _read_regular(path)
        value = raw.decode().removesuffix("\n").removesuffix("\r")
    except OSError as error:
        wrong = f"cannot be read: {error.strerror}."
    except ValueError:
        wrong = "is not UTF-8 text."
    else:
        if not value:
            wrong = "is empty."
        elif len(raw) > MAX_BYTES:
            wrong = f"has more than {MAX_BYTES} bytes."
    said = wrong and f"{name}_FILE: the file that it names {wrong}"
    return Text("" if wrong else value, Source.FILE, said)


def _read_regular(path: str) -> bytes:
    """Read a file, also behind symbolic links, as orchestrators mount secrets.

    Raises OSError for what is no file: nobody may ever write to a pipe, and a device has no end.
    """
    # Without O_NONBLOCK, opening a pipe already waits for somebody to write.
    with open(path, "rb", opener=lambda p, flags: os.open(p, flags | os.O_NONBLOCK)) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "it is not a regular file")
        return file.read(MAX_BYTES + 1)


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
