"""`python -m adapters.migrations`: runs one migration in a process of its own.

So the server never holds Alembic and SQLAlchemy in memory. The database is `DATABASE_URL` in the
environment, where other users of the machine cannot see its password, as they could see an
argument. What it found is on stdout, what went wrong on stderr, in a line.
"""

import os
import sys

from adapters.migrations import runner
from application.errors import DependencyUnavailable
from application.invalid_settings import InvalidSettings
from application.settings import DatabaseSettings
from domain.errors import DomainError

USAGE = """usage: python -m adapters.migrations COMMAND
  upgrade [REVISION] | downgrade REVISION | current | check | snapshot"""
FAILED, WRONG_USE, UNAVAILABLE = 1, 2, 10


def main(arguments: list[str]) -> int:
    url = os.environ.get("DATABASE_URL") or DatabaseSettings().url
    try:
        return _run(arguments, url)
    except InvalidSettings as error:
        return _fail(str(error), FAILED)
    except DomainError as error:
        code = UNAVAILABLE if isinstance(error, DependencyUnavailable) else FAILED
        return _fail(str(error.context.get("detail", error.message)), code)


def _run(arguments: list[str], url: str) -> int:
    match arguments:
        case ["upgrade"]:
            runner.upgrade(url)
        case ["upgrade", revision]:
            runner.upgrade(url, revision)
        case ["downgrade", revision]:
            runner.downgrade(url, revision)
        case ["current"]:
            _print(runner.current(url) or "none")
        case ["check"]:
            _print("\n".join(runner.check(url)) or "up to date")
        case ["snapshot"]:
            sys.stdout.write(runner.snapshot())
        case _:
            return _fail(USAGE, WRONG_USE)
    return 0


def _fail(said: str, code: int) -> int:
    sys.stderr.write(f"{said}\n")
    return code


def _print(found: str) -> None:
    sys.stdout.write(f"{found}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
