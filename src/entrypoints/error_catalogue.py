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
"""Modules of errors that HTTP never returns, except for those of HTTP itself."""

BEGIN: Final = "<!-- errors -->\n"
END: Final = "<!-- end of errors -->\n"

ADVICE: Final[Mapping[Category, str]] = {
    Category.INTERNAL: "Report it with the request id; the log has the details.",
    Category.MALFORMED: "Correct the request; repeating it unchanged will not help.",
    Category.VALIDATION: "Correct the fields in `errors`.",
    Category.UNAUTHENTICATED: "Log in.",
    Category.FORBIDDEN: "Ask somebody with the permission.",
    Category.NOT_FOUND: "Check the id, address or path.",
    Category.CONFLICT: "Read the current state, then decide again.",
    Category.RATE_LIMITED: "Repeat after the seconds in `Retry-After`.",
    Category.UNAVAILABLE: "Repeat after the seconds in `Retry-After`.",
    Category.TIMEOUT: "Check whether it was done, or repeat it if that is safe.",
    Category.EXTERNAL: "Repeat it later.",
}
"""By category, for codes without advice in OWN_ADVICE."""

OWN_ADVICE: Final[Mapping[str, str]] = {
    "AUTH_INVALID_CREDENTIALS": "Check the address and the password.",
    "AUTH_TOKEN_EXPIRED": "Exchange the refresh token for a new pair, or log in.",
    "AUTH_REFRESH_REUSED": "Log in, and change the password: the token may have been stolen.",
    "AUTH_CSRF_FAILED": "Send the header that the message names, with a new CSRF token if needed.",
    "USER_ALREADY_EXISTS": "Log in, or use another address.",
    "USER_INACTIVE": "Ask an admin to activate the account.",
    "PASSWORD_TOO_WEAK": "Choose a password that follows `errors`.",
    "IDEMPOTENCY_KEY_REUSED": "Use a new key for a different request.",
    "CONCURRENT_UPDATE": "Repeat it.",
    "LAST_ADMIN": "Grant `admin` to another user first.",
    "METHOD_NOT_ALLOWED": "Use one of the methods in `Allow`.",
    "PAYLOAD_TOO_LARGE": "Send at most the bytes that the message names.",
    "URI_TOO_LONG": "Send 8 KiB of path and query at most.",
    "HEADERS_TOO_LARGE": "Send 8 KiB in a header field at most, 64 KiB in all.",
    "UNSUPPORTED_MEDIA_TYPE": "Send `application/json` in UTF-8, not compressed.",
    "REQUEST_TOO_SLOW": "Send it again, over a faster connection.",
    "HTTPS_REQUIRED": "Use `https://`; change passwords and tokens that were sent over HTTP.",
    "DATABASE_NOT_AT_HEAD": "Run `armature db upgrade`.",
    "KEYS_EXIST": "Run `armature keys rotate`, or name another file.",
    "KEY_NOT_FOUND": "Use an id of `armature keys list`.",
    "KEY_TOO_NEW": "Wait until then, or use `--now` if the old key leaked.",
    "KEY_IN_USE": "Wait until then, or use `--force` if the key leaked.",
    "SERVER_FAILED": "Read the log of that process.",
}
"""By code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One code; `status` and `exit_code` are None if a driver never returns it."""

    code: str
    category: Category
    status: int | None
    exit_code: int | None
    meaning: str
    todo: str
    kind: type[DomainError]


def catalogue() -> tuple[Entry, ...]:
    """Return every entry, by category and code; imports all modules that define one."""
    for package in (domain, application, entrypoints):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    order = list(Category)
    entries = map(_entry, _kinds(DomainError))
    return tuple(sorted(entries, key=lambda each: (order.index(each.category), each.code)))


def rows() -> str:
    """Return the table of docs/errors.md."""
    lines = ["| code | category | HTTP | exit | meaning | what to do |", "| --- " * 6 + "|"]
    lines += [
        f"| `{each.code}` | {each.category} | {each.status or '-'} | {each.exit_code or '-'}"
        f" | {each.meaning} | {each.todo} |"
        for each in catalogue()
    ]
    return "\n".join(lines) + "\n"


def _kinds(kind: type[DomainError]) -> Iterator[type[DomainError]]:
    """Yield the error classes of this service that have a code of their own."""
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
    """Return the first paragraph of its docstring, except for the root class."""
    if kind is DomainError:
        return kind.summary
    return " ".join(inspect.cleandoc(kind.__doc__ or "").partition("\n\n")[0].split())


def main(page: Path) -> None:
    before, _, rest = page.read_text().partition(BEGIN)
    page.write_text(before + BEGIN + rows() + END + rest.partition(END)[2])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
