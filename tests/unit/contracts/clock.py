from datetime import timedelta

from application.ports.clock import Clock


class ClockContract:
    """Every clock passes this; a subclass gives `clock`."""

    def test_the_time_is_in_utc(self, clock: Clock) -> None:
        assert clock.now().utcoffset() == timedelta(0)

    def test_time_does_not_run_backwards_between_two_looks(self, clock: Clock) -> None:
        assert clock.now() <= clock.now()
