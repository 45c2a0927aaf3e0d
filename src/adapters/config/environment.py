"""Loads and describes the settings: environment variables, `X_FILE` files and `.env`."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from adapters.config.rules import check_rules
from adapters.config.sources import VAR, Source, Text, collect, development_secret
from adapters.config.urls import HIDDEN, redact
from adapters.config.variables import VARIABLES, Variable
from application.invalid_settings import InvalidSettings
from application.settings import DescribedVariable, Environment, Settings


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings with which the service can start, and warnings about them."""

    settings: Settings
    warnings: tuple[str, ...]


def load_settings(
    environ: Mapping[str, str],
    *,
    dotenv: Path | None = None,
    var: Path = VAR,
    others: tuple[str, ...] = (),
) -> Loaded:
    """Read every variable; raises InvalidSettings with all problems, never with a secret.

    `others` are problems of variables that are not ours.
    In development and test a missing `JWT_SECRET` is created and stored in `var`.
    """
    texts, problems = collect(environ, dotenv)
    values, unread = _parse(texts)
    if not values["JWT_SECRET"] and unread.keys().isdisjoint(("APP_ENV", "JWT_SECRET")):
        try:
            values["JWT_SECRET"] = _missing_secret(values["APP_ENV"], var)
        except ValueError as error:
            unread["JWT_SECRET"] = f"JWT_SECRET: {error}"
    settings = _settings(values, texts)
    errors, warnings = check_rules(settings, unread)
    problems += (*(unread[name] for name in texts if unread.get(name)), *errors)
    if problems or others:
        is_readable = unread.keys() <= {"JWT_SECRET"}
        raise InvalidSettings(
            (*settings.attribute(problems), *others), settings if is_readable else None
        )
    return Loaded(settings, settings.attribute(warnings))


def describe(
    environ: Mapping[str, str], *, dotenv: Path | None = None
) -> tuple[DescribedVariable, ...]:
    """Describe every variable as it is in force, valid or not, with secrets redacted."""
    texts, _ = collect(environ, dotenv)
    return tuple(
        DescribedVariable(
            name=each.name,
            value=_redacted(each, texts[each.name].value),
            source=texts[each.name].source,
        )
        for each in VARIABLES
    )


def _parse(texts: Mapping[str, Text]) -> tuple[dict[str, Any], dict[str, str]]:
    """Parse every text; what cannot be read has its default, and its problem by name.

    The problem is empty where a default cannot be read: what it was made from has the problem.
    """
    values: dict[str, Any] = {}
    unread = {name: text.problem for name, text in texts.items() if text.problem}
    for variable in VARIABLES:
        name, text = variable.name, texts[variable.name]
        try:
            values[name] = variable.parse(text.value)
        except ValueError as error:
            values[name] = variable.parse(collect({}, None)[0][name].value)
            if text.source is not Source.DEFAULT:
                unread[name] = f"{name}: {error}"
            unread.setdefault(name, "")
    return values, unread


def _missing_secret(environment: Environment, var: Path) -> bytes:
    if environment in {Environment.DEVELOPMENT, Environment.TEST}:
        return development_secret(var)
    raise ValueError("set it to random bytes: `openssl rand -base64 48`.")


def _settings(values: Mapping[str, Any], texts: Mapping[str, Text]) -> Settings:
    """Put every value into the field that its row names."""
    groups: dict[str, dict[str, Any]] = {"": {}}
    for variable in VARIABLES:
        if variable.field is not None:
            group, _, field = variable.field.rpartition(".")
            groups.setdefault(group, {})[field] = values[variable.name]
    groups["database"]["is_default"] = texts["DATABASE_URL"].source is Source.DEFAULT
    inherited = {name: text.inherited for name, text in texts.items() if text.inherited}
    kinds: dict[str, Any] = {each.name: each.type for each in fields(Settings)}
    top = groups.pop("")
    nested = {name: kinds[name](**group) for name, group in groups.items()}
    return Settings(**top, **nested, inherited=inherited)


def _redacted(variable: Variable, value: str) -> str:
    # A value that begins like JSON may be the keys themselves in place of their path.
    if value and (variable.is_secret or value.lstrip().startswith("{")):
        return HIDDEN
    return redact(value) if value and variable.is_url else value
