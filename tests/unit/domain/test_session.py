from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from domain.session.errors import RefreshTokenReused, SessionRevoked
from domain.session.events import EndReason
from domain.session.refresh_token import RefreshSecret, RefreshToken
from domain.session.session import MAX_SIBLINGS, Lifetimes, Session

NOW = datetime(2026, 1, 1, tzinfo=UTC)
GRACE = timedelta(seconds=10)
LIFETIMES = Lifetimes(ttl=timedelta(days=30), grace=GRACE)


def secret(number: int) -> RefreshSecret:
    return RefreshSecret(f"{number:043d}")


class Story:
    """A session, every token that it issued, and when each generation began."""

    def __init__(self) -> None:
        self.session, token = Session.open(
            id=uuid4(),
            user_id=UUID(int=1),
            secret=secret(0),
            now=NOW,
            ttl=LIFETIMES.ttl,
            client_address=None,
            user_agent=None,
        )
        self.tokens = [token]
        self.began = {0: NOW}

    def as_stored(self, token: RefreshToken) -> RefreshToken:
        return RefreshToken(
            digest=token.digest,
            session_id=token.session_id,
            generation=token.generation,
            issued_at=token.issued_at,
            expires_at=token.expires_at,
            superseded_at=self.began.get(token.generation + 1),
        )

    def rotate(self, token: RefreshToken, now: datetime) -> RefreshToken:
        successor = self.session.rotate(
            self.as_stored(token), secret(len(self.tokens)), now, LIFETIMES
        )
        self.began.setdefault(successor.generation, now)
        self.tokens.append(successor)
        return successor


steps = st.lists(
    st.tuples(st.integers(0, 40), st.floats(0, 15, allow_nan=False)), min_size=1, max_size=40
)


@given(steps)
def test_a_token_is_accepted_exactly_until_its_generation_is_older_than_the_grace(
    steps: list[tuple[int, float]],
) -> None:
    story, now = Story(), NOW
    for choice, seconds in steps:
        now += timedelta(seconds=seconds)
        token = story.tokens[choice % len(story.tokens)]
        superseded = story.began.get(token.generation + 1)
        is_reuse = superseded is not None and now - superseded >= GRACE
        generation = story.session.generation

        try:
            successor = story.rotate(token, now)
        except RefreshTokenReused:
            assert is_reuse
            assert story.session.ended_at == now
            assert story.session.end_reason is EndReason.REUSED
            break

        assert not is_reuse
        rotates = token.generation == generation
        assert successor.generation == generation + 1 if rotates else generation
        assert successor.generation == story.session.generation


@given(steps)
def test_an_ended_session_accepts_nothing_ever_again(steps: list[tuple[int, float]]) -> None:
    story, now = Story(), NOW
    story.rotate(story.tokens[0], now)
    story.session.end(EndReason.REVOKED, now)

    for choice, seconds in steps:
        now += timedelta(seconds=seconds)
        try:
            story.rotate(story.tokens[choice % 2], now)
        except SessionRevoked:
            continue
        raise AssertionError("an ended session gave a token")


def test_every_generation_may_have_as_many_tokens_as_the_one_before() -> None:
    story = Story()

    for generation in (1, 2, 3):
        newest = story.tokens[-1]
        given = [story.rotate(newest, NOW).generation for _ in range(MAX_SIBLINGS)]
        assert given == [generation] * MAX_SIBLINGS


def test_the_first_end_is_the_one_that_counts() -> None:
    session = Story().session

    session.end(EndReason.LOGGED_OUT, NOW)
    session.end(EndReason.REUSED, NOW + GRACE)

    assert (session.ended_at, session.end_reason) == (NOW, EndReason.LOGGED_OUT)


def test_a_secret_shows_in_no_repr_and_its_digest_is_sha_256() -> None:
    # printf %043d 0 | sha256sum
    digest = "b918b22a1581fedd39058065f00e6aad35bd561f20257151131a1ddcd21803de"

    assert secret(0).digest.hex() == digest
    assert secret(7).value not in repr(secret(7))
