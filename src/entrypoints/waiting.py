"""Waits for the database at start-up, and logs it."""

import logging
from typing import Final

from application.errors import DependencyUnavailable
from application.settings import Settings

logger: Final = logging.getLogger("armature.start")


def await_database(settings: Settings) -> None:
    """Return when its server answers; raises DependencyUnavailable after STARTUP_TIMEOUT."""
    import containers  # noqa: PLC0415 - drivers import it in bodies only

    seconds = settings.startup_timeout.total_seconds()

    def on_wait(error: DependencyUnavailable) -> None:
        logger.warning("Waiting up to %g s for the database: %s", seconds, _why(error))

    try:
        containers.await_database(settings, on_wait)
    except DependencyUnavailable as error:
        # Not raised from it: its detail would be reported twice.
        message = f"The database did not answer within {seconds:g} s: {_why(error)}"
        raise DependencyUnavailable(message, dependency="database") from None


def _why(error: DependencyUnavailable) -> str:
    return " ".join(str(error.context.get("detail", error.message)).split())
