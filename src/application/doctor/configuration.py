"""What the configuration is, as far as it could be read."""

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


def diagnose(
    environ: Environ,
    read: Read,
    trials: Trials,
    *,
    as_production: bool,
) -> Configuration:
    """Read the configuration, in production's place if asked to, and try it out.

    Where production would refuse it, what is there is examined by production's rules all the same.
    """
    if not as_production:
        return _read(environ, read, trials)
    others = {name: value for name, value in environ.items() if name != "APP_ENV_FILE"}
    found = _read({**others, "APP_ENV": Environment.PRODUCTION.value}, read, trials)
    if found.settings is not None:
        return found
    # The defaults of the test environment are production's, and it refuses less.
    tolerant = _read({**others, "APP_ENV": Environment.TEST.value}, read, ())
    if (present := tolerant.settings) is not None:
        settings = replace(present, environment=Environment.PRODUCTION)
        problems = (*found.problems, *_tried(settings, trials))
        return Configuration(settings=settings, problems=tuple(dict.fromkeys(problems)))
    return found


def _read(environ: Environ, read: Read, trials: Trials) -> Configuration:
    try:
        settings, warnings = read(environ)
    except InvalidSettings as wrong:
        return Configuration(settings=None, problems=wrong.problems)
    problems = _tried(settings, trials)
    return Configuration(settings=settings, problems=problems, warnings=warnings)


def _tried(settings: Settings, trials: Trials) -> tuple[str, ...]:
    """Give the problems that only building things shows."""
    problems: list[str] = []
    for trial in trials:
        try:
            trial(settings)
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
    said = f"{rest[:1].upper()}{rest[1:]}" if colon else sentence
    if state is State.WARNING:
        return Finding(check=check, state=state, found=said)
    return Finding(check=check, state=state, found="The service cannot start.", advice=said)
