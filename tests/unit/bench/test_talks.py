import json
from urllib.parse import parse_qsl

from tests.bench.talks import Chain, Cycle, Same, Unique


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
