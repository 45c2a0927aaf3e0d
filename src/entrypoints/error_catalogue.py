"""Error catalogue of both drivers, and docs/errors.md, which lists it.

`python -m entrypoints.error_catalogue docs/errors.md` brings the page up to date.
"""

import importlib
import inspect
import pkgutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import application
import domain
import entrypoints
from domain.errors import Category, DomainError
from entrypoints.cli.errors import EXIT_CODES
from entrypoints.http.errors.catalogue import HttpError, status_of

_OPERATORS_ONLY: Final = ("entrypoints.", "domain.signing.")
"""Where those errors are defined that nobody meets over HTTP, but for HTTP's own."""

BEGIN: Final = "<!-- errors -->\n"
END: Final = "<!-- end of errors -->\n"

ADVICE: Final[Mapping[Category, str]] = {
    Category.INTERNAL: "Report it with the request id; the log has the rest under that id.",
    Category.MALFORMED: "Mend the request; repeating it as it is will not help.",
    Category.VALIDATION: "Mend the fields that `errors` names.",
    Category.UNAUTHENTICATED: "Log in.",
    Category.FORBIDDEN: "Ask somebody who may.",
    Category.NOT_FOUND: "Look the id or the address up again.",
    Category.CONFLICT: "Read the present state, then decide anew.",
    Category.RATE_LIMITED: "Wait for the seconds of `Retry-After`, then repeat.",
    Category.UNAVAILABLE: "Wait for the seconds of `Retry-After`, then repeat.",
    Category.TIMEOUT: "Find out whether it happened, or repeat what is safe to repeat.",
    Category.EXTERNAL: "Repeat it later.",
}
"""What to do about an error, unless OWN_ADVICE knows better."""

OWN_ADVICE: Final[Mapping[str, str]] = {
    "AUTH_INVALID_CREDENTIALS": "Check the address and the password.",
    "AUTH_TOKEN_EXPIRED": "Exchange the refresh token for a new pair, or log in.",
    "AUTH_REFRESH_REUSED": "Log in, and change the password: somebody may hold a copy.",
    "AUTH_CSRF_FAILED": "Send the header that the message names; get a CSRF token if need be.",
    "USER_ALREADY_EXISTS": "Log in, or take another address.",
    "USER_INACTIVE": "Ask an admin to activate the account.",
    "PASSWORD_TOO_WEAK": "Choose a password as `errors` says.",
    "IDEMPOTENCY_KEY_REUSED": "Take a new key for a new request.",
    "CONCURRENT_UPDATE": "Repeat it.",
    "LAST_ADMIN": "Make somebody else an admin first.",
    "METHOD_NOT_ALLOWED": "Use one of the methods in `Allow`.",
    "PAYLOAD_TOO_LARGE": "Send no more bytes than the message allows.",
    "URI_TOO_LONG": "Send 8 KiB of path and query at most.",
    "HEADERS_TOO_LARGE": "Send 8 KiB in a header field at most, 64 KiB in all.",
    "UNSUPPORTED_MEDIA_TYPE": "Send `application/json` in UTF-8, not compressed.",
    "REQUEST_TOO_SLOW": "Send it again, over a better connection.",
    "HTTPS_REQUIRED": "Use `https://`; change a password or token that was sent without.",
    "DATABASE_NOT_AT_HEAD": "Run `armature db upgrade`.",
    "KEYS_EXIST": "Run `armature keys rotate`, or name another file.",
    "KEY_NOT_FOUND": "Take an id that `armature keys list` prints.",
    "KEY_TOO_NEW": "Wait until then; `--now` is for a key that others may hold.",
    "KEY_IN_USE": "Wait until then; `--force` is for a key that others may hold.",
    "SERVER_FAILED": "Read the log of the process that ended.",
}
"""By code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One code; `status` and `exit_code` are None where a driver never gives it."""

    code: str
    category: Category
    status: int | None
    exit_code: int | None
    meaning: str
    todo: str
    kind: type[DomainError]


def catalogue() -> tuple[Entry, ...]:
    """List every entry, by category and code; loads everything that defines one."""
    for package in (domain, application, entrypoints):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    order = list(Category)
    entries = map(_entry, _kinds(DomainError))
    return tuple(sorted(entries, key=lambda each: (order.index(each.category), each.code)))


def rows() -> str:
    """Write the table of docs/errors.md."""
    lines = ["| code | category | HTTP | exit | means | what to do |", "| --- " * 6 + "|"]
    lines += [
        f"| `{each.code}` | {each.category} | {each.status or '-'} | {each.exit_code or '-'}"
        f" | {each.meaning} | {each.todo} |"
        for each in catalogue()
    ]
    return "\n".join(lines) + "\n"


def _kinds(kind: type[DomainError]) -> Iterator[type[DomainError]]:
    """Find the classes of the service's own packages that have a code of their own."""
    is_ours = kind.__module__.partition(".")[0] in {"domain", "application", "entrypoints"}
    if is_ours and "code" in vars(kind):
        yield kind
    for special in kind.__subclasses__():
        yield from _kinds(special)


def _entry(kind: type[DomainError]) -> Entry:
    is_http = issubclass(kind, HttpError)
    is_cli = not is_http and kind.__module__.startswith(_OPERATORS_ONLY)
    return Entry(
        code=kind.code,
        category=kind.category,
        status=None if is_cli else status_of(kind),
        exit_code=None if is_http else EXIT_CODES[kind.category],
        meaning=_meaning(kind),
        todo=OWN_ADVICE.get(kind.code, ADVICE[kind.category]),
        kind=kind,
    )


def _meaning(kind: type[DomainError]) -> str:
    """Give the first paragraph of its docstring; the root's is about all errors."""
    if kind is DomainError:
        return kind.summary
    return " ".join(inspect.cleandoc(kind.__doc__ or "").partition("\n\n")[0].split())


def main(page: Path) -> None:
    before, _, rest = page.read_text().partition(BEGIN)
    page.write_text(before + BEGIN + rows() + END + rest.partition(END)[2])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
