"""Variables of start-up and graceful shutdown; `variables` lists all."""

from datetime import timedelta

from adapters.config.parsers import duration
from adapters.config.variable import Variable

_HOUR = timedelta(hours=1)

STARTUP_TIMEOUT = Variable(
    name="STARTUP_TIMEOUT",
    default="30s",
    parse=duration(timedelta(0), _HOUR),
    meaning="how long `serve` and `db upgrade` wait for a database server; `0s` is not at all",
)
DRAIN_DELAY = Variable(
    name="DRAIN_DELAY",
    default="2s",
    parse=duration(timedelta(0), _HOUR),
    meaning="how long a service that was told to stop goes on serving, no longer ready",
)
SHUTDOWN_TIMEOUT = Variable(
    name="SHUTDOWN_TIMEOUT",
    default="30s",
    parse=duration(timedelta(seconds=1), _HOUR),
    meaning="how long calls in flight may take to end after that",
)
