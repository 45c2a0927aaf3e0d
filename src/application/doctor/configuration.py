"""Doctor checks of the configuration."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from application.doctor.finding import Finding, State
from application.invalid_settings import InvalidSettings
from application.settings import Environment, Settings

Environ = Mapping[str, str]
Read = Callable[[Environ], tuple[Settings, tuple[str, ...]]]
"""Returns settings and warnings, or raises InvalidSettings."""
Trials = tuple[Callable[[Settings], object], ...]
"""Build parts of the service from settings; raise InvalidSettings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """The configuration as it was read; `settings` is None where a value cannot be read.

    `problems` prevent a start, `warnings` do not; each begins with the name of its variable.
    """

    settings: Settings | None
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def as_production(environ: Environ) -> Environ:
    """Copy the environment, with APP_ENV set to production."""
    others = {name: value for name, value in environ.items() if name != "APP_ENV_FILE"}
    return {**others, "APP_ENV": Environment.PRODUCTION.value}


def diagnose(environ: Environ, read: Read, trials: Trials) -> Configuration:
    """Read the configuration, and build parts of the service from it as a trial."""
    try:
        settings, warnings = read(environ)
    except InvalidSettings as wrong:
        if wrong.settings is None:
            return Configuration(settings=None, problems=wrong.problems)
        problems = (*wrong.problems, *_tried(wrong.settings, trials))
        return Configuration(settings=wrong.settings, problems=tuple(dict.fromkeys(problems)))
    return Configuration(settings=settings, problems=_tried(settings, trials), warnings=warnings)


def _tried(settings: Settings, trials: Trials) -> tuple[str, ...]:
    """Collect the problems that only show when parts are built."""
    problems: list[str] = []
    # A missing secret is reported already; what needs one is tried all the same.
    secret = settings.tokens.secret or bytes(range(32))
    whole = replace(settings, tokens=replace(settings.tokens, secret=secret))
    for trial in trials:
        try:
            trial(whole)
        except InvalidSettings as wrong:
            problems += wrong.problems
    return tuple(problems)


def check_configuration(configuration: Configuration) -> Iterator[Finding]:
    """Report every problem and warning, or that there is none."""
    if not configuration.problems and not configuration.warnings:
        yield Finding("configuration", "The service can start with it.")
    for problem in configuration.problems:
        check, sentence = _split(problem)
        yield Finding(check, "The service cannot start.", State.ERROR, sentence)
    for warning in configuration.warnings:
        yield Finding(*_split(warning), State.WARNING)
    if configuration.settings is None:
        yield Finding(
            "configuration",
            "Nothing else was checked: it depends on what is wrong above.",
            State.HINT,
            "Correct that first, then run this again.",
        )


def _split(problem: str) -> tuple[str, str]:
    """Split `NAME: problem` into the name of the check and a sentence."""
    name, colon, clause = problem.partition(": ")
    if not colon:
        return "configuration", problem
    # A capital letter would change the name of a file or an option.
    word = clause.partition(" ")[0]
    is_word = word.isalpha() and len(word) > 1
    return f"configuration {name}", clause[:1].upper() + clause[1:] if is_word else clause
