"""What happens to people here, told once for every driver and every database."""

import time
from collections.abc import Callable
from functools import partial
from itertools import cycle

from tests.integration.story.drivers import Driver, Facts, Person, Refused

Stopped = Callable[[Callable[[], object]], None]
"""Checks that a token works no longer."""

PASSWORD, NEW_PASSWORD = "Correct-Horse-1", "Another-Horse-2"
TOLD_OF_ANN = {
    "user.registered",
    "session.opened",
    "login.failed",
    "profile.updated",
    "session.logged_out",
    "session.revoked",
    "session.refresh_reused",
    "password.changed",
    "session.ended",
    "user.deactivated",
    "user.activated",
    "role.granted",
    "role.revoked",
    "user.closed",
}
"""What the audit trail holds of her in the end."""


def tell(drivers: list[Driver], operator: Driver, *, patience: float = 0) -> None:
    """Act the story out; each step takes the next of `drivers`.

    Only an operator can make the first admin. `patience` is how many seconds news may take from
    one process to another; within one they take none.
    """
    turn = cycle(drivers)
    stopped = partial(_refused, "AUTH_SESSION_REVOKED", patience=patience)
    boss = _arrive(next(turn), "boss@example.com")
    assert operator.grant(boss, boss.id, "admin")["roles"] == ["admin"]

    ann = _arrive(next(turn), "Ann@Example.com")
    _refused("USER_ALREADY_EXISTS", lambda: next(turn).register("ann@example.com", PASSWORD, "A"))
    _refused("AUTH_INVALID_CREDENTIALS", lambda: next(turn).log_in(ann.email, NEW_PASSWORD))
    _refused("AUTH_INVALID_CREDENTIALS", lambda: next(turn).log_in("x@example.com", PASSWORD))

    _ann_keeps_house(turn, stopped, ann)
    _ann_loses_a_token(turn, ann)
    _ann_changes_her_password(turn, ann)
    _the_boss_administers(turn, stopped, boss, ann)
    _ann_leaves(turn, stopped, boss, ann, patience)


def _arrive(driver: Driver, email: str) -> Person:
    facts = driver.register(email, PASSWORD, f"I am {email}")
    user = facts["user"]
    assert isinstance(user, dict)
    assert user["email"] == email
    assert user["is_active"] is True
    person = Person(user["id"], email, PASSWORD, _text(facts, "token"))
    assert driver.whose(person.token) == person.id
    return person


def _ann_keeps_house(turn: "cycle[Driver]", stopped: Stopped, ann: Person) -> None:
    assert next(turn).rename(ann, "Ann 🌻 O'Lee")["name"] == "Ann 🌻 O'Lee"
    _refused("VALIDATION_FAILED", lambda: next(turn).rename(ann, "\u202eeeL nnA"))

    other = next(turn).log_in("ANN@example.com", PASSWORD)
    ids = {str(session["id"]) for session in next(turn).sessions(ann)}
    next(turn).log_out(_text(other, "token"))
    left = {str(session["id"]) for session in next(turn).sessions(ann)}
    assert left < ids
    stopped(lambda: next(turn).whose(_text(other, "token")))

    third = next(turn).log_in(ann.email, PASSWORD)
    newest = str(next(turn).sessions(ann)[0]["id"])
    next(turn).end_session(ann, newest)
    _refused("RECORD_NOT_FOUND", lambda: next(turn).end_session(ann, newest))
    _refused("AUTH_SESSION_REVOKED", lambda: next(turn).refresh(_text(third, "refresh_token")))
    assert next(turn).whose(ann.token) == ann.id


def _ann_loses_a_token(turn: "cycle[Driver]", ann: Person) -> None:
    """A token that comes back after its successor was used gives its theft away."""
    first = next(turn).log_in(ann.email, PASSWORD)
    second = next(turn).refresh(_text(first, "refresh_token"))
    assert next(turn).whose(_text(second, "token")) == ann.id
    third = next(turn).refresh(_text(second, "refresh_token"))
    _refused("AUTH_REFRESH_REUSED", lambda: next(turn).refresh(_text(first, "refresh_token")))
    _refused("AUTH_SESSION_REVOKED", lambda: next(turn).refresh(_text(third, "refresh_token")))
    _refused("AUTH_TOKEN_INVALID", lambda: next(turn).refresh("x" * 43))


def _ann_changes_her_password(turn: "cycle[Driver]", ann: Person) -> None:
    _refused("PASSWORD_TOO_WEAK", lambda: next(turn).change_password(ann, "nodigitshere"))
    next(turn).change_password(ann, NEW_PASSWORD)
    ann.password = NEW_PASSWORD
    _refused("AUTH_INVALID_CREDENTIALS", lambda: next(turn).log_in(ann.email, PASSWORD))
    ann.token = _text(next(turn).log_in(ann.email, NEW_PASSWORD), "token")


def _the_boss_administers(
    turn: "cycle[Driver]", stopped: Stopped, boss: Person, ann: Person
) -> None:
    assert next(turn).show(boss, ann.id)["name"] == "Ann 🌻 O'Lee"
    assert next(turn).deactivate(boss, ann.id)["is_active"] is False
    stopped(lambda: next(turn).whose(ann.token))
    _refused("USER_INACTIVE", lambda: next(turn).log_in(ann.email, ann.password))
    _refused("AUTH_INVALID_CREDENTIALS", lambda: next(turn).log_in(ann.email, PASSWORD))
    assert next(turn).activate(boss, ann.id)["is_active"] is True
    ann.token = _text(next(turn).log_in(ann.email, ann.password), "token")

    assert next(turn).grant(boss, ann.id, "editor")["roles"] == ["editor"]
    assert next(turn).revoke(boss, ann.id, "editor")["roles"] == []
    _refused("LAST_ADMIN", lambda: next(turn).revoke(boss, boss.id, "admin"))
    _refused("LAST_ADMIN", lambda: next(turn).deactivate(boss, boss.id))
    _refused(
        "USER_NOT_FOUND", lambda: next(turn).show(boss, "0190e3a1-0000-7000-8000-000000000000")
    )

    bob = _arrive(next(turn), "bob@example.com")
    page, cursor = next(turn).page(boss, None)
    assert [user["id"] for user in page] == [bob.id, ann.id]
    last, end = next(turn).page(boss, cursor)
    assert [user["id"] for user in last] == [boss.id]
    assert end is None
    _refused("INVALID_INPUT", lambda: next(turn).page(boss, f"{cursor}x"))


def _ann_leaves(
    turn: "cycle[Driver]", stopped: Stopped, boss: Person, ann: Person, patience: float
) -> None:
    next(turn).close(ann)
    told = next(turn).audit(boss, ann.id)
    assert {str(entry["type"]) for entry in told} >= TOLD_OF_ANN
    assert told[0]["type"] == "user.closed"
    assert [str(entry["occurred_at"]) for entry in told] == sorted(
        (str(entry["occurred_at"]) for entry in told), reverse=True
    )
    stopped(lambda: next(turn).whose(ann.token))
    _refused("AUTH_INVALID_CREDENTIALS", lambda: next(turn).log_in(ann.email, ann.password))
    _refused("USER_NOT_FOUND", lambda: next(turn).show(boss, ann.id), patience)
    again = _arrive(next(turn), "ann@example.com")
    assert again.id != ann.id


def _text(facts: Facts, name: str) -> str:
    value = facts[name]
    assert isinstance(value, str)
    return value


def _refused(code: str, act: Callable[[], object], patience: float = 0) -> None:
    deadline = time.monotonic() + patience
    while (said := _answer(act)) is None and time.monotonic() < deadline:
        time.sleep(0.05)
    assert said == code


def _answer(act: Callable[[], object]) -> str | None:
    """Give the code with which it is refused, None when it is not."""
    try:
        act()
    except Refused as refused:
        return refused.code
    return None
