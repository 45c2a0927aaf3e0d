import json
from urllib.parse import parse_qsl

from domain.user.email import EmailAddress
from domain.user.password import Password
from entrypoints.http.request import MAX_AUTH_BODY, MAX_BODY
from tests.bench.talks import Asked, Chain, Cycle, Mixed, Same, Unique
from tests.bench.worst_bodies import worst_bodies


def body_of(request: bytes) -> dict[str, str]:
    head, _, body = request.partition(b"\r\n\r\n")
    assert f"Content-Length: {len(body)}".encode() in head
    loaded: dict[str, str] = json.loads(body)
    return loaded


def test_a_chain_refreshes_with_the_token_of_the_answer_before() -> None:
    talk = Chain("/refresh", ["a", "b"]).on(1)

    first = body_of(next(talk))
    second = body_of(talk.send(b'{"data": {"refresh_token": "c"}}'))

    assert (first, second) == ({"refresh_token": "b"}, {"refresh_token": "c"})


def test_callers_read_on_connections_of_their_own() -> None:
    talk = Same("/me", [{"Authorization": "a"}, {"Authorization": "b"}])

    sent = [next(talk.on(connection)) for connection in range(3)]

    assert [b"Authorization: b" in request for request in sent] == [False, True, False]


def test_connections_log_in_as_different_users_in_turn() -> None:
    bodies = [{"email": email} for email in "abcd"]
    talk = Cycle("/login", bodies, connections=2).on(1)

    sent = [body_of(next(talk))["email"], *(body_of(talk.send(b""))["email"] for _ in range(2))]

    assert sent == ["b", "d", "b"]


def test_a_log_in_by_form_is_encoded_as_one() -> None:
    body = {"username": "a+b@example.com", "password": "Correct Horse"}

    head, _, sent = next(Cycle("/login", [body], connections=1, form=True).on(0)).partition(
        b"\r\n\r\n"
    )

    assert b"Content-Type: application/x-www-form-urlencoded\r\n" in head
    assert dict(parse_qsl(sent.decode())) == body


def test_no_two_sign_ups_use_the_same_address() -> None:
    talks = [Unique("/register", {"email": "new{}@example.com"}).on(number) for number in range(2)]

    sent = {body_of(next(talk))["email"] for talk in talks}
    sent |= {body_of(talk.send(b""))["email"] for talk in talks}

    assert len(sent) == 4


def test_connections_send_different_requests_in_turn() -> None:
    requests = [Asked("PATCH", f"/{name}", f'"{name}"', {"X-Any": name}) for name in "abc"]
    talk = Mixed(requests).on(1)

    sent = [next(talk), *(talk.send(b"") for _ in range(3))]

    assert [request.partition(b" HTTP")[0] for request in sent] == [
        b"PATCH /b",
        b"PATCH /c",
        b"PATCH /a",
        b"PATCH /b",
    ]
    assert sent[0].endswith(b'\r\n\r\n"b"')
    assert b"X-Any: b\r\n" in sent[0]


def test_the_worst_bodies_are_within_the_limits() -> None:
    sent = worst_bodies("/me", {})

    for request in sent:
        most = MAX_BODY if request.method == "PATCH" else MAX_AUTH_BODY
        assert len(request.body.encode()) <= most, request.body[:40]
    texts = [json.loads(each.body) for each in sent if '"password":' in each.body]
    assert any(Password.BOUND.admits(each["password"]) for each in texts)
    assert all(EmailAddress.BOUND.admits(each.get("email", "")) for each in texts)
