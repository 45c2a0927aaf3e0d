"""Addresses, names, passwords and user agents at and beyond their limits, on each engine."""

import json

import httpx
import pytest

from tests.integration.bad_input.answers import refused, refused_for
from tests.integration.bad_input.conftest import ADMIN
from tests.integration.bad_input.database import addresses
from tests.integration.bad_input.wire import AS_JSON, request
from tests.integration.processes import Server

REGISTER = "/api/v1/auth/register"
LOGIN = "/api/v1/auth/login"
ME = "/api/v1/users/me"
PASSWORD = "Correct-Horse-1"
LABELS = f"{'b' * 63}.{'c' * 63}.{'d' * 57}.com"

WRONG_ADDRESSES = {
    "255 bytes": f"{'a' * 65}@{LABELS}",
    "no at": "a.example.com",
    "nothing": "",
    "spaces": "   ",
    "only an at": "@",
    "no local part": "@example.com",
    "no domain": "a@",
    "a quoted local part": '"a b"@example.com',
    "a display name": "Ann <a@example.com>",
    "another local part": "ü@example.com",
    "a NUL": "a\0@example.com",
    "a line break": "a@example.com\r\nBcc: b@example.com",
    "two dots": "a@example..com",
    "an underscore": "a@ex_ample.com",
    "a label of 64": f"a@{'b' * 64}.com",
    "an emoji domain": "a@😀.example",
    "dots of another script": "a@。。",
    "RTL override": "a\u202e@example.com",
    "15,000 letters": "a" * 15_000 + "@example.com",
    "15,000 ats": "@" * 15_000,
    "5,000 marks": "a@" + "e\u0301" * 2_500,
}
GOOD_ADDRESSES = {
    "254 bytes": f"{'a' * 64}@{LABELS}",
    "a Unicode domain": "a@bücher.example",
    "an apostrophe": "o'hara--@example.com",
    "percent and backtick": "%_`{|}~@example.com",
}
WRONG_NAMES = {
    "nothing": "",
    "spaces": " \u3000 ",
    "101 characters": "a" * 101,
    "101 characters of 4 bytes": "😀" * 101,
    "a NUL": "a\0b",
    "a line break": "a\nb",
    "an escape": "\x1b[2Ja",
    "RTL override": "a\u202eb",
}
GOOD_NAMES = {
    "100 characters of 4 bytes": "😀" * 100,
    "a family": "👩\u200d👩\u200d👧",
    "right to left": "שרה لیلی",
    "marks": "q\u0323\u0307",
    "SQL": "'); DROP TABLE users;--",
    "markup": "<script>alert(1)</script>{{7*7}}%s%n",
}
WRONG_PASSWORDS = {
    "nothing": "",
    "7 characters": "Abcde1!",
    "129 characters": "Aa1" + "x" * 126,
    "1,025 bytes": "Aa1" + "é" * 511,
    "15,000 characters": "Aa1" * 5_000,
    "a NUL": "Good\0Enough1",
}
GOOD_PASSWORDS = {
    "8 characters": "Abcdef1!",
    "128 characters": "Aa1" + "x" * 125,
    "128 characters of 4 bytes": "Aa1" + "😀" * 125,
    "spaces around": "  Good Enough 1  ",
}


def register(client: httpx.Client, **fields: str) -> httpx.Response:
    return client.post(REGISTER, json={"email": "a@example.com", "password": PASSWORD, **fields})


@pytest.mark.usefixtures("unchanged")
class TestRefused:
    @pytest.mark.parametrize("email", WRONG_ADDRESSES.values(), ids=WRONG_ADDRESSES)
    def test_a_wrong_address(self, client: httpx.Client, email: str) -> None:
        refused_for(register(client, email=email), "email")
        refused_for(client.post(LOGIN, json={"email": email, "password": PASSWORD}), "email")

    @pytest.mark.parametrize("name", WRONG_NAMES.values(), ids=WRONG_NAMES)
    def test_a_wrong_name(self, client: httpx.Client, name: str) -> None:
        refused_for(register(client, name=name), "name")

    @pytest.mark.parametrize("password", WRONG_PASSWORDS.values(), ids=WRONG_PASSWORDS)
    def test_a_wrong_password(self, client: httpx.Client, password: str) -> None:
        refused_for(register(client, password=password), "password")

    def test_everything_wrong_is_told_at_once(self, client: httpx.Client) -> None:
        answer = register(client, email="x", name="\0", password="")

        refused_for(answer, "email", "password", "name")

    @pytest.mark.parametrize("password", ["password1", "PASSWORD1", "Password"])
    def test_a_weak_password(self, client: httpx.Client, password: str) -> None:
        assert refused(register(client, password=password), 422, "PASSWORD_TOO_WEAK")

    @pytest.mark.parametrize("token", ["", "x", "\0", "a" * 10_000, "é" * 43, "a" * 43])
    def test_a_refresh_token_that_is_none(self, client: httpx.Client, token: str) -> None:
        answer = client.post("/api/v1/auth/refresh", json={"refresh_token": token})

        refused(answer, 401, "AUTH_TOKEN_INVALID")

    def test_changes_that_make_no_sense(self, client: httpx.Client, admin: httpx.Headers) -> None:
        def change(method: str, path: str, body: object) -> httpx.Response:
            content = json.dumps(body).encode()
            headers = {**admin, "Content-Type": "application/json"}
            return client.request(method, path, content=content, headers=headers)

        refused_for(change("PATCH", ME, []), "")
        refused_for(change("PATCH", ME, {"name": 1, "email": None}), "name", "email")
        refused_for(change("PATCH", ME, {"name": "\u202e"}), "name")
        refused_for(change("PATCH", ME, {"email": "new@example.com"}), "password")
        wrong = {"email": "new@example.com", "password": "wrong"}
        refused(change("PATCH", ME, wrong), 401, "AUTH_INVALID_CREDENTIALS")
        refused_for(change("DELETE", ME, {"password": "\0"}), "password")
        refused(change("DELETE", ME, {"password": "no"}), 401, "AUTH_INVALID_CREDENTIALS")
        refused_for(change("PUT", f"{ME}/password", {}), "old_password", "new_password")


@pytest.mark.parametrize("email", GOOD_ADDRESSES.values(), ids=GOOD_ADDRESSES)
def test_an_odd_address_is_kept_as_it_was_written_and_only_once(
    client: httpx.Client, database: str, email: str
) -> None:
    answer = register(client, email=email)

    assert answer.status_code == 201
    assert answer.json()["data"]["user"]["email"] == email
    assert email in addresses(database)
    refused(register(client, email=f" {email.upper()} "), 409, "USER_ALREADY_EXISTS")


def test_both_spellings_of_a_domain_are_one_address(client: httpx.Client) -> None:
    assert register(client, email="b@müller.example").status_code == 201

    answer = register(client, email="B@XN--MLLER-KVA.example")

    refused(answer, 409, "USER_ALREADY_EXISTS")


@pytest.mark.parametrize("name", GOOD_NAMES.values(), ids=GOOD_NAMES)
def test_an_odd_name_comes_back_as_it_was(client: httpx.Client, name: str) -> None:
    answer = register(client, email=f"{abs(hash(name))}@example.com", name=name)

    assert answer.status_code == 201
    headers = {"Authorization": f"Bearer {answer.json()['data']['token']}"}
    assert client.get(ME, headers=headers).json()["data"]["user"]["name"] == name


@pytest.mark.parametrize("password", GOOD_PASSWORDS.values(), ids=GOOD_PASSWORDS)
def test_an_odd_password_is_good_for_logging_in(client: httpx.Client, password: str) -> None:
    email = f"{abs(hash(password))}@example.com"
    assert register(client, email=email, password=password).status_code == 201

    answer = client.post(LOGIN, json={"email": email, "password": password})
    shorter = client.post(LOGIN, json={"email": email, "password": password[:-1]})

    assert answer.status_code == 200
    refused(shorter, 401, "AUTH_INVALID_CREDENTIALS")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (b"", None),
        (b"\xff\xfe", "\ufffd\ufffd"),
        (b"\xed\xa0\x80", "\ufffd" * 3),
        (b"\xf0\x9f\x98\x80", "😀"),
        (b"a\xe2\x80\xaeb", "ab"),
        (b"a" * 5000, "a" * 256),
        (b"\xf0\x9f\x98\x80" * 300, "😀" * 256),
    ],
)
def test_whatever_a_client_calls_itself_it_can_log_in(
    server: Server, client: httpx.Client, admin: httpx.Headers, given: bytes, kept: str | None
) -> None:
    body = httpx.Request("POST", "http://x", json=ADMIN).content
    headers = AS_JSON + b"User-Agent: " + given + b"\r\n"

    answer = request(server, b"POST", b"/api/v1/auth/login", headers, body)

    assert answer.status_code == 200
    (newest, *_) = client.get("/api/v1/users/me/sessions", headers=admin).json()["data"]["sessions"]
    assert newest["user_agent"] == kept
