import asyncio

import pytest

from application.ports.cache import Cache
from tests.unit.contracts.elapsing import MINUTE, MOMENT, Elapse, gone


class CountersContract:
    """How a cache counts: a part of CacheContract."""

    async def test_counting_begins_at_zero_and_goes_both_ways(self, cache: Cache) -> None:
        assert await cache.increment("key", MINUTE) == 1
        assert await cache.increment("key", MINUTE, 41) == 42
        assert await cache.decrement("key", MINUTE, 50) == -8
        assert await cache.decrement("key", MINUTE) == -9
        assert await cache.get("key") == b"-9"

    async def test_counting_goes_on_from_the_number_that_is_there(self, cache: Cache) -> None:
        await cache.set("key", b"-10", MINUTE)

        assert await cache.increment("key", MINUTE) == -9

    async def test_a_deleted_counter_begins_again(self, cache: Cache) -> None:
        await cache.increment("key", MINUTE, 5)
        await cache.delete("key")

        assert await cache.increment("key", MINUTE) == 1

    async def test_counting_on_does_not_prolong_a_counter(
        self, cache: Cache, elapse: Elapse
    ) -> None:
        await cache.increment("lasting", MINUTE)
        await cache.increment("lasting", MOMENT)
        # Long enough for the next call to find it, on a busy machine too.
        await cache.increment("fleeting", 20 * MOMENT)
        await cache.increment("fleeting", MINUTE)

        assert await gone(cache, "fleeting", elapse, 20 * MOMENT)
        assert await cache.get("lasting") == b"2"
        assert await cache.increment("fleeting", MINUTE) == 1

    async def test_of_fifty_counting_at_once_none_is_lost(self, cache: Cache) -> None:
        ups = [cache.increment("key", MINUTE, 2) for _ in range(50)]
        downs = [cache.decrement("key", MINUTE) for _ in range(50)]

        counted = await asyncio.gather(*ups, *downs)

        assert await cache.get("key") == b"50"
        assert 50 in counted

    async def test_a_counter_is_exact_to_64_bits(self, cache: Cache) -> None:
        await cache.set("key", b"%d" % (2**63 - 2), MINUTE)

        assert await cache.increment("key", MINUTE) == 2**63 - 1
        with pytest.raises(ValueError, match="64 bits"):
            await cache.increment("key", MINUTE)
        assert await cache.get("key") == b"%d" % (2**63 - 1)
        assert await cache.decrement("key", MINUTE, 2**63 - 1) == 0
        with pytest.raises(ValueError, match="64 bits"):
            await cache.increment("key", MINUTE, 2**63)

    @pytest.mark.parametrize(
        "value", [b"x", b"1.5", b" 1", b"+1", b"01", b"-0", b"1\n", b"9223372036854775808"]
    )
    async def test_what_is_no_number_is_not_counted_on(self, cache: Cache, value: bytes) -> None:
        await cache.set("key", value, MINUTE)

        with pytest.raises(ValueError, match="64 bits"):
            await cache.increment("key", MINUTE)
        with pytest.raises(ValueError, match="64 bits"):
            await cache.decrement("key", MINUTE)
        assert await cache.get("key") == value
