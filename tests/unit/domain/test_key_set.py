from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.signing.errors import KeyInUse, KeyNotFound, KeyTooNew
from domain.signing.key import Algorithm, SigningKey
from domain.signing.key_set import LEAD, MAX_AGE, KeySet, needed_until

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
TTL = timedelta(minutes=15)
SECOND = timedelta(seconds=1)


def a_key(id: str) -> SigningKey:
    return SigningKey(id=id, algorithm=Algorithm.EDDSA, material={})


FIRST = KeySet((replace(a_key("first"), added_at=NOW, promoted_at=NOW),))
ANNOUNCED = FIRST.announced(a_key("second"), NOW)
PROMOTED = ANNOUNCED.promoted(NOW + LEAD)


def ids(keys: KeySet) -> list[str]:
    return [key.id for key in keys.keys]


def test_a_new_key_is_published_and_does_not_sign() -> None:
    assert ids(ANNOUNCED) == ["first", "second"]
    assert ANNOUNCED.signing.id == "first"
    assert ANNOUNCED.next is not None
    assert ANNOUNCED.next.id == "second"


def test_it_signs_once_every_cache_has_expired_twice_over() -> None:
    assert LEAD >= 2 * MAX_AGE
    with pytest.raises(KeyTooNew, match="2026-05-01 12:10:00Z"):
        ANNOUNCED.promoted(NOW + LEAD - SECOND)

    assert ids(PROMOTED) == ["second", "first"]
    assert PROMOTED.next is None
    assert PROMOTED.signing.promoted_at == PROMOTED.keys[1].demoted_at == NOW + LEAD


def test_it_signs_at_once_when_somebody_insists() -> None:
    assert ids(ANNOUNCED.promoted(NOW, at_once=True)) == ["second", "first"]


def test_without_a_new_key_there_is_nothing_to_sign_with() -> None:
    with pytest.raises(KeyNotFound):
        FIRST.promoted(NOW, at_once=True)


def test_an_old_key_is_retired_when_its_last_token_is_over() -> None:
    end = NOW + LEAD + TTL + LEAD
    assert needed_until(PROMOTED.keys[1], TTL) == end

    with pytest.raises(KeyInUse, match="2026-05-01 12:35:00Z"):
        PROMOTED.retired("first", end - SECOND, TTL)
    assert ids(PROMOTED.retired("first", end, TTL)) == ["second"]
    assert ids(PROMOTED.retired("first", NOW, TTL, force=True)) == ["second"]


@pytest.mark.parametrize("keys", [FIRST, PROMOTED])
@pytest.mark.parametrize("force", [False, True])
def test_the_signing_key_is_never_retired(keys: KeySet, force: bool) -> None:
    with pytest.raises(KeyInUse, match="signs"):
        keys.retired(keys.signing.id, NOW + timedelta(days=9), TTL, force=force)


def test_a_new_key_is_given_up_at_any_time() -> None:
    assert ANNOUNCED.retired("second", NOW, TTL) == FIRST


def test_a_key_that_is_not_there_is_not_retired() -> None:
    with pytest.raises(KeyNotFound):
        FIRST.retired("other", NOW, TTL, force=True)


def test_a_key_of_which_nothing_is_known_is_retired_by_force_only() -> None:
    keys = KeySet((a_key("first"), a_key("foreign")))

    assert keys.next is None
    with pytest.raises(KeyInUse, match="Nobody noted"):
        keys.retired("foreign", NOW, TTL)
    assert ids(keys.retired("foreign", NOW, TTL, force=True)) == ["first"]
