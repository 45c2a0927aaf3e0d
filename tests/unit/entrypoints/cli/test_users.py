from dataclasses import replace

import pytest

from application.pagination import Page
from application.user.activate_user import ActivateUser
from application.user.change_password import ChangedPassword, ChangePassword
from application.user.close_account import CloseAccount
from application.user.deactivate_user import DeactivateUser
from application.user.get_user import GetUser
from application.user.grant_role import GrantRole
from application.user.list_users import ListUsers
from application.user.register_user import RegisterUser
from application.user.replay_registration import Registered
from application.user.revoke_role import RevokeRole
from application.user.update_profile import UNSET, UpdateProfile
from tests.unit.entrypoints.cli.driving import (
    OPERATOR,
    USER,
    USER_ID,
    USER_JSON,
    FakeRuntime,
    drive,
)

ID = str(USER_ID)
UPDATE = UpdateProfile(actor=OPERATOR, user_id=USER_ID)
CHANGES = [
    (("deactivate", ID), "deactivate_user", DeactivateUser(actor=OPERATOR, user_id=USER_ID)),
    (("activate", ID), "activate_user", ActivateUser(actor=OPERATOR, user_id=USER_ID)),
    (
        ("grant", ID, "admin"),
        "grant_role",
        GrantRole(actor=OPERATOR, user_id=USER_ID, role="admin"),
    ),
    (
        ("revoke", ID, "admin"),
        "revoke_role",
        RevokeRole(actor=OPERATOR, user_id=USER_ID, role="admin"),
    ),
    (("update", ID, "--name", "Grace"), "update_profile", replace(UPDATE, name="Grace")),
    (("update", ID, "--clear-name"), "update_profile", replace(UPDATE, name=None)),
    (("update", ID, "--email", "g@x.org"), "update_profile", replace(UPDATE, email="g@x.org")),
]


@pytest.mark.parametrize(("args", "use_case", "command"), CHANGES)
def test_a_change_runs_its_use_case_as_the_operator_and_prints_the_user(
    runtime: FakeRuntime, args: tuple[str, ...], use_case: str, command: object
) -> None:
    runtime.answers[use_case] = USER

    human = drive(runtime, "users", *args)
    script = drive(runtime, "users", *args, "--json")

    assert runtime.asked == [command, command]
    assert (human.code, script.code) == (0, 0)
    assert f"email       {USER.email}\n" in human.out
    assert USER.email in human.err
    assert (script.json, script.err) == ({"user": USER_JSON}, "")


@pytest.mark.parametrize(("args", "use_case", "command"), CHANGES)
def test_a_change_finds_the_user_of_an_address_first(
    runtime: FakeRuntime, args: tuple[str, ...], use_case: str, command: object
) -> None:
    runtime.answers.update({"get_user": USER, use_case: USER})

    assert drive(runtime, "users", args[0], USER.email, *args[2:]).code == 0

    assert runtime.asked == [GetUser(actor=OPERATOR, user=USER.email), command]


@pytest.mark.parametrize(("text", "user"), [(USER.email, USER.email), (ID, USER_ID)])
def test_show_asks_by_address_or_by_id(runtime: FakeRuntime, text: str, user: object) -> None:
    runtime.answers["get_user"] = USER

    outcome = drive(runtime, "users", "show", text, "--json")

    assert runtime.asked == [GetUser(actor=OPERATOR, user=user)]  # type: ignore[arg-type] # a case
    assert outcome.json == {"user": USER_JSON}


def test_what_is_neither_an_address_nor_an_id_is_wrong_usage(runtime: FakeRuntime) -> None:
    outcome = drive(runtime, "users", "show", "grace")

    assert outcome.code == 2
    assert "'grace' is neither an e-mail address nor a user's id (a UUID)." in outcome.err
    assert runtime.asked == []


def test_register_opens_no_session(runtime: FakeRuntime) -> None:
    runtime.answers["register_user"] = Registered(user=USER, tokens=None)
    args = ("users", "register", "g@x.org", "--name", "Grace", "--password-stdin", "--json")

    outcome = drive(runtime, *args, piped=b"Secret1 \n")

    command = RegisterUser(
        email="g@x.org", password="Secret1 ", name="Grace", log_in=False, actor=OPERATOR
    )
    assert runtime.asked == [command]
    assert outcome.json == {"user": USER_JSON}


def test_register_may_be_run_again_with_its_key(runtime: FakeRuntime) -> None:
    first = Registered(user=USER, tokens=None)
    runtime.answers["register_user"] = [first, replace(first, is_replay=True)]
    args = ("users", "register", "g@x.org", "--idempotency-key", "k1", "--password-stdin")

    done, again = drive(runtime, *args, piped=b"Secret1"), drive(runtime, *args, piped=b"Secret1")

    command = RegisterUser(
        email="g@x.org", password="Secret1", log_in=False, idempotency_key="k1", actor=OPERATOR
    )
    assert runtime.asked == [command, command]
    assert (again.code, again.out) == (0, done.out)
    assert done.err == f"Registered {USER.email}.\n"
    assert again.err == f"Registered before: {USER.email}.\n"


def test_change_password_tells_how_many_sessions_ended(runtime: FakeRuntime) -> None:
    runtime.answers["change_password"] = ChangedPassword(sessions_ended=3, tokens=None)
    args = ("users", "change-password", ID, "--password-stdin")

    outcome = drive(runtime, *args, piped=b"Secret1x")

    command = ChangePassword(actor=OPERATOR, user_id=USER_ID, new_password="Secret1x")
    assert runtime.asked == [command]
    assert outcome.out == "Password changed. Sessions ended: 3\n"
    assert drive(runtime, *args, "--json", piped=b"Secret1x").json == {"sessions_ended": 3}


def test_update_changes_and_clears_bio_and_website(runtime: FakeRuntime) -> None:
    runtime.answers["update_profile"] = USER

    drive(runtime, "users", "update", ID, "--bio", "<p>Hi", "--clear-website")
    drive(runtime, "users", "update", ID, "--clear-bio", "--website", "https://g.example")

    told = replace(UPDATE, name=UNSET, email=UNSET)
    assert runtime.asked == [
        replace(told, bio="<p>Hi", website=None),
        replace(told, bio=None, website="https://g.example"),
    ]


@pytest.mark.parametrize(
    "args",
    [
        (),
        ("--name", "Grace", "--clear-name"),
        ("--bio", "Hi", "--clear-bio"),
        ("--website", "https://g.example", "--clear-website"),
    ],
    ids=["nothing", "name", "bio", "website"],
)
def test_update_wants_one_clear_change(runtime: FakeRuntime, args: tuple[str, ...]) -> None:
    assert drive(runtime, "users", "update", ID, *args).code == 2
    assert runtime.asked == []


def test_delete_closes_the_account(runtime: FakeRuntime) -> None:
    runtime.answers["close_account"] = None

    outcome = drive(runtime, "users", "delete", ID, "--yes", "--json")

    assert runtime.asked == [CloseAccount(actor=OPERATOR, user_id=USER_ID)]
    assert outcome.json == {"deleted": {"id": ID}}


def test_list_hands_its_filters_on(runtime: FakeRuntime) -> None:
    runtime.answers["list_users"] = Page((USER,), "next")
    filters = ("--email", "gr", "--inactive", "--limit", "7", "--cursor", "c")

    outcome = drive(runtime, "users", "list", *filters, "--json")

    assert runtime.asked == [
        ListUsers(actor=OPERATOR, limit=7, cursor="c", email_prefix="gr", is_active=False)
    ]
    assert outcome.json == {"users": [USER_JSON], "next_cursor": "next"}


def test_a_list_that_is_piped_is_never_cut_and_has_no_colours(runtime: FakeRuntime) -> None:
    runtime.answers["list_users"] = Page((USER,) * 2, "next")

    outcome = drive(runtime, "users", "list")

    head, *rows = outcome.out.splitlines()
    assert head.split() == ["ID", "EMAIL", "NAME", "ROLES", "STATE"]
    assert rows == [f"{ID}  {USER.email}  Grace Hopper  admin, auditor  active"] * 2
    assert "--cursor next" in outcome.err


def test_an_empty_list_says_so_to_people_only(runtime: FakeRuntime) -> None:
    runtime.answers["list_users"] = Page((), None)

    human = drive(runtime, "users", "list")

    assert (human.out, human.err) == ("", "No users.\n")
    assert drive(runtime, "users", "list", "--json").json == {"users": [], "next_cursor": None}


def test_all_follows_the_cursors_to_the_end(runtime: FakeRuntime) -> None:
    runtime.answers["list_users"] = [Page((USER,), "2"), Page((USER,), None)]

    outcome = drive(runtime, "users", "list", "--all", "--json")

    first = ListUsers(actor=OPERATOR, limit=100)
    assert runtime.asked == [first, replace(first, cursor="2")]
    assert outcome.json == {"users": [USER_JSON] * 2, "next_cursor": None}
    assert drive(runtime, "users", "list", "--all", "--limit", "5").code == 2


def test_what_is_not_mentioned_stays(runtime: FakeRuntime) -> None:
    runtime.answers["update_profile"] = USER

    drive(runtime, "users", "update", ID, "--name", "")

    assert runtime.asked == [replace(UPDATE, name="", email=UNSET)]
