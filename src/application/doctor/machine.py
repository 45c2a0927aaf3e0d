"""Doctor checks of the machine: open files, memory, file permissions."""

from collections.abc import Iterator, Mapping
from typing import Final

from application.doctor.deployment import hashing_cost
from application.doctor.finding import Finding, State
from application.ports.machine import Access, Machine
from application.ports.password_hasher import IMPORT_FACTOR
from application.settings import Settings

SPARE: Final = 256
"""Open files of a server process beside the connections of its clients."""
ENOUGH: Final = 4096
"""Client connections that a server process accepts at most."""
FEW: Final = 1024
CACHE: Final = 50
"""Connections of a process to a Redis, unless its URL says otherwise."""
KIB: Final = 1024
MIB: Final = 1024 * 1024


def check_open_files(settings: Settings, limit: int | None) -> Finding:
    """Check that the limit of open files leaves enough for clients."""
    if limit is None:
        return Finding("open files", "There is no limit.")
    reserved = max(SPARE, settings.database.pool_max + 2 * CACHE)
    clients = limit - reserved
    found = f"At most {limit}, which leaves {max(0, clients)} for clients of each server process."
    if clients >= ENOUGH:
        return Finding("open files", found)
    state = State.WARNING if clients < FEW else State.HINT
    advice = f"Raise the hard limit to {ENOUGH + reserved} (LimitNOFILE=, ulimit)."
    return Finding("open files", found, state, advice)


def check_memory(settings: Settings, limit: float | None) -> Iterator[Finding]:
    """Check that password hashing takes at most half of the memory."""
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
        yield Finding("memory", found)
        return
    advice = "Lower HASHING_THREADS or HTTP_WORKERS, or allow more memory."
    yield Finding("memory", found, State.ERROR if wanted > limit else State.WARNING, advice)


def check_files(
    machine: Machine, secrets: Mapping[str, str], others: tuple[str, ...], *, is_strict: bool
) -> Iterator[Finding]:
    """Check the permissions of files of secrets (name to path), of the database and of `.env`.

    On a development machine the latter are a hint if others can read them: the usual umask allows
    that.
    """
    mild = State.WARNING if is_strict else State.HINT
    files = [(name, path, State.WARNING) for name, path in secrets.items()]
    files += [(path, path, mild) for path in others]
    found = [(file, access) for file in files if (access := machine.access(file[1]))]
    wrong = [finding for file, access in found if (finding := _permissions(*file, access))]
    if found and not wrong:
        yield Finding("file permissions", "Only their owner can read secrets and rows.")
    yield from wrong


def _permissions(name: str, path: str, state: State, access: Access) -> Finding | None:
    if access.others_write:
        what, state = "change", State.WARNING
    elif access.others_read and not access.is_folder:
        what = "read"
    else:
        return None
    # Where the name is not the path, the path may be the secret itself.
    file = path if name == path else f"the file of {name}"
    advice = f"`chmod {'go-w' if access.is_folder else 'go-rwx'}` it."
    found = f"Others than its owner can {what} {file}."
    return Finding("file permissions", found, state, advice)
