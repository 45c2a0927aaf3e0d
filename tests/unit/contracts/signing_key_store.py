from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from application.invalid_settings import InvalidSettings
from application.ports.signing_key_store import SigningKeyStore
from domain.signing.errors import KeysExist, KeyTooNew
from domain.signing.key import Algorithm
from domain.signing.key_set import LEAD, KeySet

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


def first(store: SigningKeyStore, algorithm: Algorithm = Algorithm.EDDSA) -> KeySet:
    return KeySet((replace(store.make(algorithm), added_at=NOW, promoted_at=NOW),))


class SigningKeyStoreContract:
    """Whoever keeps signing keys passes this; a subclass gives an empty `store`."""

    @pytest.mark.parametrize("algorithm", Algorithm)
    def test_what_is_kept_is_read(self, store: SigningKeyStore, algorithm: Algorithm) -> None:
        keys = first(store, algorithm)

        store.create(keys)

        assert store.read() == keys
        assert keys.signing.algorithm is algorithm

    def test_no_key_is_made_twice(self, store: SigningKeyStore) -> None:
        assert store.make(Algorithm.EDDSA).id != store.make(Algorithm.EDDSA).id

    def test_keys_that_are_there_stay(self, store: SigningKeyStore) -> None:
        keys = first(store)
        store.create(keys)

        with pytest.raises(KeysExist):
            store.create(first(store))

        assert store.read() == keys

    def test_without_keys_there_is_nothing_to_read_or_change(self, store: SigningKeyStore) -> None:
        with pytest.raises(InvalidSettings, match=r"^JWT_KEYS: "):
            store.read()
        with pytest.raises(InvalidSettings, match=r"^JWT_KEYS: "):
            store.change(lambda keys: keys)

    def test_a_change_is_kept_with_its_times(self, store: SigningKeyStore) -> None:
        store.create(first(store))

        announced = store.change(lambda keys: keys.announced(store.make(Algorithm.ES256), NOW))
        promoted = store.change(lambda keys: keys.promoted(NOW + LEAD))

        assert announced.next is not None
        assert promoted.signing.id == announced.next.id
        assert promoted.keys[1].demoted_at == NOW + LEAD
        assert store.read() == promoted

    def test_a_change_that_fails_changes_nothing(self, store: SigningKeyStore) -> None:
        store.create(first(store))
        before = store.change(lambda keys: keys.announced(store.make(Algorithm.EDDSA), NOW))

        with pytest.raises(KeyTooNew):
            store.change(lambda keys: keys.promoted(NOW + timedelta(seconds=1)))

        assert store.read() == before

    def test_changes_at_the_same_time_are_all_kept(self, store: SigningKeyStore) -> None:
        store.create(first(store))

        def announce(_: int) -> None:
            store.change(lambda keys: keys.announced(store.make(Algorithm.EDDSA), NOW))

        with ThreadPoolExecutor(8) as threads:
            list(threads.map(announce, range(24)))

        ids = {key.id for key in store.read().keys}
        assert len(ids) == 25

    def test_one_of_many_creators_wins(self, store: SigningKeyStore) -> None:
        def create(_: int) -> bool:
            try:
                store.create(first(store))
            except KeysExist:
                return False
            return True

        with ThreadPoolExecutor(8) as threads:
            assert sum(threads.map(create, range(16))) == 1
