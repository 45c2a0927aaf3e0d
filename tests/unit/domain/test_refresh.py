"""The rule of refresh as clients, thieves and outages meet it."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.session.errors import RefreshTokenReused, SessionRevoked, TokenExpired, TokenInvalid
from domain.session.events import EndReason, SessionRefreshed
from domain.session.refresh_token import RefreshToken
from domain.session.session import MAX_SIBLINGS, Session
from tests.builders import LIFETIMES, NOW, a_secret, a_session, a_user

SECOND = timedelta(seconds=1)
GRACE, TTL, LONGEST = LIFETIMES.grace, LIFETIMES.ttl, LIFETIMES.longest


class Service:
    """A session, and the time."""

    def __init__(self) -> None:
        self.session, self.first = a_session(a_user())
        self.now = NOW
        self.session.pull_events()

    def refresh(self, token: RefreshToken, *, after: timedelta = timedelta(0)) -> RefreshToken:
        self.now += after
        return self.session.rotate(token, a_secret(), self.now, LIFETIMES)


@pytest.fixture
def service() -> Service:
    return Service()


waits_beyond_the_grace = st.integers(10, 3600).map(lambda seconds: seconds * SECOND)


@given(
    before=st.integers(0, 3),
    uses=st.lists(st.tuples(st.sampled_from("ab"), waits_beyond_the_grace), max_size=12),
)
def test_of_two_who_hold_one_token_only_the_last_who_came_goes_on(
    before: int, uses: list[tuple[str, timedelta]]
) -> None:
    """One is the thief: the session ends at the latest when the other comes a second time."""
    service = Service()
    token = service.first
    for _ in range(before):
        token = service.refresh(token, after=GRACE)
    held = {"a": token, "b": token}
    came = ""

    for who, wait in uses:
        came += who
        try:
            held[who] = service.refresh(held[who], after=wait)
        except RefreshTokenReused:
            assert not _may_go_on(came)
            assert service.session.end_reason is EndReason.REUSED
            return
        assert _may_go_on(came)


def _may_go_on(came: str) -> bool:
    """Either one alone uses what both have, or the other takes over after a single use."""
    runs = [len([*run]) for _, run in groupby(came)]
    return len(runs) == 1 or (len(runs) == 2 and runs[0] == 1)


@given(
    st.lists(
        st.tuples(st.booleans(), st.one_of(st.integers(0, 30), st.integers(0, 30 * 86_400))),
        max_size=60,
    )
)
def test_a_client_that_loses_answers_is_never_logged_out(
    tries: list[tuple[bool, int]],
) -> None:
    """It has one place for its token, and asks again with what it has while that lasts."""
    service = Service()
    token = service.first

    for is_lost, wait in tries:
        service.now = min(service.now + wait * SECOND, token.expires_at - SECOND)
        if service.now >= NOW + LONGEST - SECOND:
            return
        answer = service.refresh(token)
        token = token if is_lost else answer

    assert service.session.is_live(service.now)


@given(
    arrived=st.integers(0, 2),
    outage=st.integers(0, 3600),
    apart=st.integers(0, 30),
)
def test_two_requests_in_flight_when_an_outage_begins_both_come_back(
    arrived: int, outage: int, apart: int
) -> None:
    """Of the two that carry the same token, none, one or both were carried out."""
    service = Service()
    token = service.refresh(service.first, after=GRACE)
    for _ in range(arrived):
        service.refresh(token)

    one = service.refresh(token, after=outage * SECOND)
    two = service.refresh(token, after=apart * SECOND)

    # The client has one place for its token: what came last is what it goes on with.
    service.refresh(two, after=GRACE)
    assert apart >= GRACE.seconds or one.generation == two.generation


def test_the_current_generation_rotates_and_its_parent_gets_siblings(service: Service) -> None:
    second = service.refresh(service.first)

    sibling = service.refresh(service.first, after=GRACE - SECOND)

    assert (second.generation, sibling.generation) == (1, 1)
    assert (service.session.parent, service.session.siblings) == (0, 2)
    assert service.session.began_at == NOW


def test_the_grace_counts_from_the_rotation_and_not_from_a_sibling(service: Service) -> None:
    service.refresh(service.first)
    service.refresh(service.first, after=GRACE - SECOND)

    recovered = service.refresh(service.first, after=SECOND)

    assert recovered.generation == 2
    assert service.session.began_at == NOW + GRACE


def test_an_answer_that_was_lost_begins_another_generation_of_the_same_parent(
    service: Service,
) -> None:
    lost = service.refresh(service.first)

    service.refresh(service.first, after=GRACE)
    again = service.refresh(service.first, after=GRACE)

    assert (again.generation, service.session.parent) == (3, 0)
    with pytest.raises(RefreshTokenReused):
        service.refresh(lost)


def test_only_a_refresh_that_recovers_says_so(service: Service) -> None:
    service.refresh(service.first)
    service.refresh(service.first)
    service.refresh(service.first, after=GRACE)
    service.refresh(service.first)

    events = service.session.pull_events()

    assert [e.recovers for e in events if isinstance(e, SessionRefreshed)] == [
        False,
        False,
        True,
        False,
    ]


def test_access_tokens_that_were_passed_over_stay_refused_however_often_it_rotates(
    service: Service,
) -> None:
    token = service.refresh(service.first, after=GRACE)
    service.refresh(token, after=GRACE)
    token = service.refresh(token, after=GRACE)
    for _ in range(3):
        assert _refused(service.session, upto=6) == {0, 2}
        token = service.refresh(token)

    service.refresh(token)
    service.refresh(token, after=GRACE)
    # 6 is what it recovered from; all before were replaced.
    assert _refused(service.session, upto=9) == {0, 1, 2, 3, 4, 5, 7}


def _refused(session: Session, upto: int) -> set[int]:
    assert session.recovery is not None
    return {each for each in range(upto) if session.recovery.passed_over(each)}


@pytest.mark.parametrize("rotations", range(4))
def test_an_expired_token_of_any_generation_is_no_sign_of_theft(
    service: Service, rotations: int
) -> None:
    token = service.first
    for _ in range(rotations):
        token = service.refresh(token, after=GRACE)
    service.now = service.first.expires_at

    with pytest.raises(TokenExpired):
        service.refresh(service.first)

    assert service.session.ended_at is None


def test_a_session_ends_after_its_longest_life_however_often_it_is_refreshed(
    service: Service,
) -> None:
    token = service.first
    while service.now + 7 * TTL / 10 < NOW + LONGEST:
        token = service.refresh(token, after=7 * TTL / 10)
        assert service.session.expires_at == token.expires_at
        assert token.expires_at == min(service.now + TTL, NOW + LONGEST)

    assert service.session.expires_at == NOW + LONGEST
    service.now = NOW + LONGEST - SECOND
    token = service.refresh(token)
    with pytest.raises(TokenExpired):
        service.refresh(token, after=SECOND)


def test_a_session_may_not_outlive_a_limit_that_was_lowered(service: Service) -> None:
    service.session.created_at = NOW - LONGEST

    with pytest.raises(TokenExpired):
        service.refresh(service.first)


def test_a_generation_has_a_bounded_number_of_tokens(service: Service) -> None:
    token = service.first
    for generation in (1, 2):
        given = [service.refresh(token) for _ in range(MAX_SIBLINGS)]
        with pytest.raises(TokenInvalid):
            service.refresh(token)
        assert {each.generation for each in given} == {generation}
        token = given[-1]


@given(st.lists(st.integers(0, 20), max_size=20))
def test_an_ended_session_accepts_nothing_ever_again(waits: Sequence[int]) -> None:
    service = Service()
    tokens = [service.first, service.refresh(service.first)]
    service.session.end(EndReason.REVOKED, NOW)

    for wait in waits:
        with pytest.raises(SessionRevoked):
            service.refresh(tokens[wait % 2], after=wait * SECOND)
