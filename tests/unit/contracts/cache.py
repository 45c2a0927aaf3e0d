import asyncio
from datetime import timedelta
from typing import cast

import pytest

from application.ports.cache import Cache
from tests.unit.contracts.counters import CountersContract
from tests.unit.contracts.elapsing import MINUTE, MOMENT, Elapse, gone


class CacheContract(CountersContract):
    """Every cache that keeps anything passes this; a subclass gives `cache`, open and empty.

    `elapse` moves the cache's own clock where a test can, and does nothing elsewhere.
    """

    async def test_what_was_set_is_got(self, cache: Cache) -> None:
        await cache.set("key", b"value", MINUTE)

        assert await cache.get("key") == b"value"

    async def test_what_was_never_set_is_none(self, cache: Cache) -> None:
        assert await cache.get("key") is None

    async def test_a_value_is_replaced_by_the_next(self, cache: Cache) -> None:
        await cache.set("key", b"first", MINUTE)
        await cache.set("key", b"second", MINUTE)

        assert await cache.get("key") == b"second"

    async def test_what_was_deleted_is_gone(self, cache: Cache) -> None:
        await cache.set("key", b"value", MINUTE)
        await cache.delete("key")

        assert await cache.get("key") is None

    async def test_deleting_what_is_not_there_is_no_error(self, cache: Cache) -> None:
        await cache.delete("key")

    @pytest.mark.parametrize(
        "key", ["", "a b", "a\0b", "ключ", "a\r\nDEL b", "{a}b", "*", "k" * 600]
    )
    async def test_keys_are_told_apart(self, cache: Cache, key: str) -> None:
        await cache.set(key, b"value", MINUTE)
        await cache.set(f"{key}.", b"other", MINUTE)
        await cache.set(f".{key}", b"other", MINUTE)

        assert await cache.get(key) == b"value"

    @pytest.mark.parametrize(
        "value", [b"\0", bytes(range(256)), b"\r\n$-1\r\n", b"None", b"x" * 1_000_000]
    )
    async def test_a_value_is_any_bytes(self, cache: Cache, value: bytes) -> None:
        await cache.set("key", value, MINUTE)

        assert await cache.get("key") == value

    async def test_what_a_caller_changes_later_does_not_change_the_cache(
        self, cache: Cache
    ) -> None:
        value = bytearray(b"value")
        await cache.set("key", cast("bytes", value), MINUTE)
        value[0] = 0

        assert await cache.get("key") == b"value"

    async def test_a_value_ends(self, cache: Cache, elapse: Elapse) -> None:
        await cache.set("key", b"value", MOMENT)

        assert await gone(cache, "key", elapse)

    async def test_the_time_to_live_begins_anew_with_each_set(
        self, cache: Cache, elapse: Elapse
    ) -> None:
        await cache.set("lasting", b"value", MOMENT)
        await cache.set("lasting", b"value", MINUTE)
        await cache.set("fleeting", b"value", MINUTE)
        await cache.set("fleeting", b"value", MOMENT)

        assert await gone(cache, "fleeting", elapse)
        assert await cache.get("lasting") == b"value"

    async def test_the_shortest_time_to_live_is_a_millisecond(
        self, cache: Cache, elapse: Elapse
    ) -> None:
        await cache.set("key", b"value", timedelta(milliseconds=1))

        assert await gone(cache, "key", elapse)

    async def test_add_keeps_the_first_only(self, cache: Cache) -> None:
        assert await cache.add("key", b"first", MINUTE) is True
        assert await cache.add("key", b"second", MINUTE) is False
        assert await cache.get("key") == b"first"

    async def test_add_keeps_again_what_was_deleted(self, cache: Cache) -> None:
        await cache.add("key", b"first", MINUTE)
        await cache.delete("key")

        assert await cache.add("key", b"second", MINUTE) is True

    async def test_add_keeps_again_what_has_ended(self, cache: Cache, elapse: Elapse) -> None:
        await cache.add("key", b"first", MOMENT)
        assert await gone(cache, "key", elapse)

        assert await cache.add("key", b"second", MINUTE) is True
        assert await cache.get("key") == b"second"

    async def test_of_fifty_adding_at_once_one_wins(self, cache: Cache) -> None:
        won = await asyncio.gather(
            *(cache.add("key", str(number).encode(), MINUTE) for number in range(50))
        )

        assert sum(won) == 1
        assert await cache.get("key") == str(won.index(True)).encode()

    async def test_what_is_kept_has_a_time_to_live(self, cache: Cache) -> None:
        await cache.set("set", b"value", MINUTE)
        await cache.add("added", b"value", MINUTE)
        await cache.set_many({"among many": b"value"}, MINUTE)
        await cache.increment("counted", MINUTE)

        for key in ("set", "added", "among many", "counted"):
            left = await cache.ttl(key)
            assert left is not None
            assert MINUTE / 2 < left <= MINUTE

    async def test_what_is_not_there_has_no_time_to_live(
        self, cache: Cache, elapse: Elapse
    ) -> None:
        await cache.set("key", b"value", MOMENT)
        assert await gone(cache, "key", elapse)

        assert await cache.ttl("key") is None
        assert await cache.ttl("other") is None

    async def test_many_are_got_at_once_and_what_is_not_there_is_left_out(
        self, cache: Cache
    ) -> None:
        await cache.set("a", b"1", MINUTE)
        await cache.set("b", b"2", MINUTE)

        assert await cache.get_many(["b", "none", "a", "a"]) == {"a": b"1", "b": b"2"}
        assert await cache.get_many([]) == {}

    async def test_many_are_set_at_once(self, cache: Cache) -> None:
        values = {f"key {number}": str(number).encode() for number in range(200)}
        await cache.set("key 7", b"before", MINUTE)
        await cache.set_many(values, MINUTE)
        await cache.set_many({}, MINUTE)

        assert await cache.get_many([*values]) == values
        assert await cache.get("key 7") == b"7"

    async def test_many_end_together(self, cache: Cache, elapse: Elapse) -> None:
        await cache.set_many({"a": b"1", "b": b"2"}, MOMENT)

        assert await gone(cache, "a", elapse)
        assert await gone(cache, "b", elapse)
        assert await cache.get_many(["a", "b"]) == {}

    async def test_many_keys_at_once_are_not_mixed_up(self, cache: Cache) -> None:
        keys = [f"key {number}" for number in range(200)]

        await asyncio.gather(*(cache.set(key, key.encode(), MINUTE) for key in keys))
        found = await asyncio.gather(*map(cache.get, keys))

        assert found == [key.encode() for key in keys]

    async def test_a_cancelled_call_does_not_spoil_the_next(self, cache: Cache) -> None:
        await cache.set("key", b"value", MINUTE)
        for yields in range(6):
            task = asyncio.create_task(cache.get("key"))
            for _ in range(yields):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

            assert await cache.get("other") is None
            assert await cache.get("key") == b"value"

    async def test_the_check_passes(self, cache: Cache) -> None:
        assert cache.name == "cache"
        await cache.check()

    async def test_closing_twice_is_no_error(self, cache: Cache) -> None:
        await cache.close()
        await cache.close()
