"""Doctor checks of file permissions."""

from collections.abc import Iterator, Mapping

from application.doctor.finding import Finding, State
from application.ports.machine import Access, Machine


def check_files(
    machine: Machine, secrets: Mapping[str, str], others: tuple[str, ...], *, is_strict: bool
) -> Iterator[Finding]:
    """Look at files of secrets (name to path), and at those of the database and of development.

    On a machine of one's own that others read the latter is a hint: the usual umask allows it.
    """
    mild = State.WARNING if is_strict else State.HINT
    looks = [(name, path, State.WARNING) for name, path in secrets.items()]
    looks += [(path, path, mild) for path in others]
    seen = [(look, access) for look in looks if (access := machine.access(look[1]))]
    wrong = [finding for look, access in seen if (finding := _look(*look, access))]
    if seen and not wrong:
        yield Finding(check="file permissions", found="Only their owner can read secrets and rows.")
    yield from wrong


def _look(name: str, path: str, state: State, access: Access) -> Finding | None:
    if access.others_write:
        what, state = "change", State.WARNING
    elif access.others_read and not access.is_folder:
        what = "read"
    else:
        return None
    # A name of its own means that the path may be the secret itself.
    file = path if name == path else f"the file of {name}"
    return Finding(
        check="file permissions",
        state=state,
        found=f"Others than its owner can {what} {file}.",
        advice=f"`chmod {'go-w' if access.is_folder else 'go-rwx'}` it.",
    )
