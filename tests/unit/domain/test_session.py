from datetime import timedelta

from domain.session.events import EndReason
from domain.session.refresh_token import RefreshSecret
from tests.builders import NOW, a_session, a_user

SECOND = timedelta(seconds=1)


def secret(number: int) -> RefreshSecret:
    return RefreshSecret(f"{number:043d}")


def test_the_first_end_is_the_one_that_counts() -> None:
    session, _ = a_session(a_user())

    session.end(EndReason.LOGGED_OUT, NOW)
    session.end(EndReason.REUSED, NOW + SECOND)

    assert (session.ended_at, session.end_reason) == (NOW, EndReason.LOGGED_OUT)


def test_a_secret_shows_in_no_repr_and_its_digest_is_sha_256() -> None:
    # printf %043d 0 | sha256sum
    digest = "b918b22a1581fedd39058065f00e6aad35bd561f20257151131a1ddcd21803de"

    assert secret(0).digest.hex() == digest
    assert secret(7).value not in repr(secret(7))
