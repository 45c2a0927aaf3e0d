"""Doctor checks of the configuration."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from application.doctor.finding import Finding, State
from application.invalid_settings import InvalidSettings
from application.settings import Environment, Settings

Environ = Mapping[str, str]
Read = Callable[[Environ], tuple[Settings, tuple[str, ...]]]
"""Gives settings and warnings, or raises InvalidSettings."""
Trials = tuple[Callable[[Settings], object], ...]
"""Raise InvalidSettings for what only they can know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """`settings` are None where something else is so wrong that the service could not start.

    `problems` prevent a start, `warnings` do not; each begins with the name of its variable.
    """

    settings: Settings | None
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def as_production(environ: Environ) -> Environ:
    """Give what the environment would be in production."""
    others = {name: value for name, value in environ.items() if name != "APP_ENV_FILE"}
    return {**others, "APP_ENV": Environment.PRODUCTION.value}


def diagnose(environ: Environ, read: Read, trials: Trials) -> Configuration:
    """Read the configuration, and try it out."""
    try:
        settings, warnings = read(environ)
    except InvalidSettings as wrong:
        if wrong.settings is None:
            return Configuration(settings=None, problems=wrong.problems)
        problems = (*wrong.problems, *_tried(wrong.settings, trials))
        return Configuration(settings=wrong.settings, problems=tuple(dict.fromkeys(problems)))
    return Configuration(settings=settings, problems=_tried(settings, trials), warnings=warnings)


def _tried(settings: Settings, trials: Trials) -> tuple[str, ...]:
    """Give the problems that only building things shows."""
    problems: list[str] = []
    # A secret that is missing has been told of; what needs one is to be tried all the same.
    secret = settings.tokens.secret or bytes(range(32))
    whole = replace(settings, tokens=replace(settings.tokens, secret=secret))
    for trial in trials:
        try:
            trial(whole)
        except InvalidSettings as wrong:
            problems += wrong.problems
    return tuple(problems)


def check_configuration(configuration: Configuration) -> Iterator[Finding]:
    """Tell every problem and warning, or that there is none."""
    if not configuration.problems and not configuration.warnings:
        yield Finding(check="configuration", found="The service can start with it.")
    for problem in configuration.problems:
        yield _finding(problem, State.ERROR)
    for warning in configuration.warnings:
        yield _finding(warning, State.WARNING)
    if configuration.settings is None:
        yield Finding(
            check="configuration",
            state=State.HINT,
            found="Nothing else was checked: it depends on what is wrong above.",
            advice="Mend that first, then run this again.",
        )


def _finding(sentence: str, state: State) -> Finding:
    name, colon, rest = sentence.partition(": ")
    check = f"configuration {name}" if colon else "configuration"
    said = _capitalised(rest) if colon else sentence
    if state is State.WARNING:
        return Finding(check=check, state=state, found=said)
    return Finding(check=check, state=state, found="The service cannot start.", advice=said)


def _capitalised(clause: str) -> str:
    """Begin with a capital letter, unless that would change the name of a file or an option."""
    word = clause.partition(" ")[0]
    return f"{clause[:1].upper()}{clause[1:]}" if word.isalpha() and len(word) > 1 else clause
