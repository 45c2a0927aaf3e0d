import pytest

from application.idempotency import IdempotencyKeys
from application.user.register_user import RegisterUser
from tests.world import PASSWORD

KEY = "8e03978e-40d5-43dd-bc93-6894a57f9324"


ASKED = RegisterUser(email="ann@example.com", password=PASSWORD, name="Ann", idempotency_key=KEY)


class TestWhatIsKept:
    """A record tells nothing to who has only the records."""

    claims = IdempotencyKeys(b"k" * 32)

    def test_it_holds_neither_key_nor_request(self) -> None:
        claim = self.claims.of("register", KEY, "ann@example.com", PASSWORD)

        assert len(claim.digest) == len(claim.fingerprint) == 32
        assert claim == self.claims.of("register", KEY, "ann@example.com", PASSWORD)

    def test_without_our_key_nothing_can_be_guessed(self) -> None:
        ours = self.claims.of("register", KEY, PASSWORD)
        guessed = IdempotencyKeys(b"g" * 32).of("register", KEY, PASSWORD)

        assert ours.digest != guessed.digest
        assert ours.fingerprint != guessed.fingerprint
        assert "kkk" not in repr(self.claims)

    def test_equal_requests_look_different_under_two_keys(self) -> None:
        first, second = (self.claims.of("register", key, PASSWORD) for key in ("a", "b"))

        assert first.fingerprint != second.fingerprint

    def test_one_key_is_two_for_two_operations(self) -> None:
        first, second = (self.claims.of(name, "a", PASSWORD) for name in ("register", "invite"))

        assert first.digest != second.digest

    @pytest.mark.parametrize(
        ("one", "other"),
        [(("ab", "c"), ("a", "bc")), (("a", None), ("a", "null")), (("a",), ("a", None))],
    )
    def test_values_do_not_run_together(
        self, one: tuple[str | None, ...], other: tuple[str | None, ...]
    ) -> None:
        first, second = (self.claims.of("register", "a", *values) for values in (one, other))

        assert first.fingerprint != second.fingerprint
