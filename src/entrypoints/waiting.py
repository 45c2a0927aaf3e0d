"""What an operator reads while a start waits."""

import logging
from collections.abc import Callable
from typing import Final

from application.errors import DependencyUnavailable
from application.settings import Settings

logger: Final = logging.getLogger("armature.start")


def tell_of_waiting(settings: Settings) -> Callable[[DependencyUnavailable], None]:
    """Give what says, in one line of the log, that and why the database is waited for."""

    def told(error: DependencyUnavailable) -> None:
        why = " ".join(str(error.context.get("detail", error.message)).split())
        seconds = settings.startup_timeout.total_seconds()
        logger.warning("Waiting up to %g s for the database: %s", seconds, why)

    return told
