"""Who else can read what should be ours alone."""

from collections.abc import Iterator, Mapping

from application.doctor.finding import Finding, State
from application.ports.machine import Access, Machine


def check_files(
    machine: Machine, secrets: Mapping[str, str], database: tuple[str, ...], *, is_strict: bool
) -> Iterator[Finding]:
    """Look at files of secrets (name to path), and at those of the database.

    On a machine of one's own that others read the database is a hint: the usual umask allows it.
    """
    seen = [(name, machine.access(path), State.WARNING) for name, path in secrets.items()]
    mild = State.WARNING if is_strict else State.HINT
    seen += [(path, machine.access(path), mild) for path in database]
    wrong = [
        finding
        for name, access, state in seen
        if access and (finding := _look(name, access, state))
    ]
    if not wrong and any(access for _, access, _ in seen):
        yield Finding(check="file permissions", found="Only their owner can read secrets and rows.")
    yield from wrong


def _look(name: str, access: Access, state: State) -> Finding | None:
    if access.others_write:
        what, state = "change", State.WARNING
    elif access.others_read and not access.is_folder:
        what = "read"
    else:
        return None
    mode = "go-w" if access.is_folder else "go-rwx"
    is_path = "/" in name or "." in name
    target = name if is_path else "the file that it names"
    return Finding(
        check="file permissions",
        state=state,
        found=f"Others than its owner can {what} {name if is_path else 'the file of ' + name}.",
        advice=f"`chmod {mode} {target}`." if is_path else f"`chmod {mode}` {target}.",
    )
