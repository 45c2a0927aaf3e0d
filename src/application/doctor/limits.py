"""Doctor checks of the machine's limits: memory, open files."""

from collections.abc import Iterator
from typing import Final
from urllib.parse import parse_qs

from application.doctor.finding import Finding, State
from application.ports.machine import Machine
from application.ports.password_hasher import IMPORT_FACTOR
from application.settings import Settings
from application.url import split_url

SPARE: Final = 256
"""Open files of a server process beside the connections of its callers."""
ENOUGH: Final = 4096
"""Callers' connections that a server process takes at most."""
FEW: Final = 1024
CACHE: Final = 50
"""Connections of a process to a Redis, where its URL does not say."""
KIB: Final = 1024
MIB: Final = 1024 * 1024


def check_limits(settings: Settings, machine: Machine) -> Iterator[Finding]:
    """Tell whether files, memory and callers are within bounds."""
    yield _files(settings, machine.open_files())
    yield from _memory(settings, machine.memory())
    yield from _rates(settings)


def _files(settings: Settings, limit: int | None) -> Finding:
    if limit is None:
        return Finding(check="open files", found="There is no limit.")
    backends = settings.database.pool_max + 2 * CACHE
    callers = limit - max(SPARE, backends)
    found = f"At most {limit}, which leaves {max(0, callers)} for callers of each server process."
    if callers >= ENOUGH:
        return Finding(check="open files", found=found)
    return Finding(
        check="open files",
        state=State.WARNING if callers < FEW else State.HINT,
        found=found,
        advice=f"Raise the hard limit to {ENOUGH + max(SPARE, backends)} (LimitNOFILE=, ulimit).",
    )


def _memory(settings: Settings, limit: float | None) -> Iterator[Finding]:
    each = hashing_cost(settings.passwords.hasher).get("m", 0) * KIB
    if limit is None or not each:
        return
    workers, threads = settings.http.workers, settings.passwords.threads
    foreign = IMPORT_FACTOR * each
    wanted = workers * (threads * each + foreign)
    found = (
        f"Hashing may take {wanted / MIB:.0f} MiB ({workers} workers x ({threads} threads x"
        f" {each / MIB:.0f} MiB + {foreign / MIB:.0f} MiB for hashes of other systems)) of"
        f" {limit / MIB:.0f} MiB."
    )
    if wanted <= limit / 2:
        yield Finding(check="memory", found=found)
        return
    advice = "Lower HASHING_THREADS or HTTP_WORKERS, or allow more memory."
    state = State.ERROR if wanted > limit else State.WARNING
    yield Finding(check="memory", state=state, found=found, advice=advice)


def _rates(settings: Settings) -> Iterator[Finding]:
    if split_url(settings.rate_limits.url).scheme != "none":
        yield Finding(check="rate limits", found="They are on.")
        return
    yield Finding(
        check="rate limits",
        state=State.WARNING,
        found="They are off: anybody may guess passwords as fast as these are hashed.",
        advice="Set RATE_LIMIT_URL to a Redis, or to memory:// for one process.",
    )


def hashing_cost(url: str) -> dict[str, int]:
    """Give m (KiB), t and p of an `argon2id://` URL; nothing for another hasher."""
    parts = split_url(url)
    if parts.scheme != "argon2id":
        return {}
    given = {key: values[0] for key, values in parse_qs(parts.query).items()}
    known = {"m": 19456, "t": 2, "p": 1}
    return {key: int(given.get(key, default)) for key, default in known.items()}
