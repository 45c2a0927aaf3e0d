"""Whoever can write to the cache: what their bytes can do, and what they cannot."""

from datetime import timedelta
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.caching.authenticated_entries import MAX_BYTES, AuthenticatedEntries, InvalidEntry
from adapters.caching.tombstone import is_tombstone
from adapters.memory.cache import MemoryCache
from adapters.msgspec.message_pack import MessagePack
from application.user.views import UserView
from tests.builders import NOW
from tests.unit.adapters.caching.asides import MAC_KEY, an_aside
from tests.unit.contracts.elapsing import MINUTE

NESTED = [b"\x81\xa1a" * 100_000 + b"\xc0", b"\x91" * 100_000 + b"\xc0", b"\xdf" * 400_000]
OTHERS = [b"", b"\0", b"\xc1changed", b"\xc1changed" + b"x" * 9, b"\xff" * MAX_BYTES, b"x" * 999]
CODEC = MessagePack(UserView)
VIEWS = st.builds(UserView)
KEY = f"user:{CODEC.version}:ann"


def entries(now: float = 0.0, mac_key: bytes = MAC_KEY) -> AuthenticatedEntries[UserView]:
    return AuthenticatedEntries(CODEC, mac_key, clock=lambda: now)


def a_view(roles: tuple[str, ...] = ()) -> UserView:
    return UserView(
        id=UUID(int=1),
        email="ann@example.com",
        name=None,
        bio=None,
        website=None,
        roles=roles,
        is_active=True,
        created_at=NOW,
        updated_at=NOW,
    )


async def read(planted: bytes, view: UserView) -> tuple[UserView | None, int, bytes | None]:
    """Read an entry that somebody planted; give what was read, was invalid, and is there now."""
    cache, invalid = MemoryCache(), list[None]()
    await cache.set(KEY, planted, MINUTE)
    aside = an_aside(
        cache, CODEC, ttl=MINUTE, settle=MINUTE, on_invalid=lambda: invalid.append(None)
    )

    async def load() -> UserView:
        return view

    found = await aside.get_or_load("ann", load)
    await aside.get_or_load("ann", load)
    return found, len(invalid), await cache.get(KEY)


@given(VIEWS)
def test_what_was_kept_comes_back_as_it_was(view: UserView) -> None:
    assert entries().decode("a", entries().encode("a", view, MINUTE)) == view


@given(VIEWS, st.data())
def test_one_byte_that_is_changed_or_missing_makes_it_invalid(
    view: UserView, data: st.DataObject
) -> None:
    kept = entries().encode("a", view, MINUTE)
    place = data.draw(st.integers(0, len(kept) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != kept[place]))

    changed = kept[:place] + bytes([other]) + kept[place + 1 :]
    for planted in (changed, kept[:place], kept + b"\0"):
        with pytest.raises(InvalidEntry):
            entries().decode("a", planted)


@given(VIEWS)
def test_it_is_good_under_its_own_key_secret_and_time_alone(view: UserView) -> None:
    kept = entries().encode("a", view, MINUTE)

    assert entries(now=59.9).decode("a", kept) == view
    assert entries(now=60.0).decode("a", kept) is None
    with pytest.raises(InvalidEntry):
        entries().decode("b", kept)
    with pytest.raises(InvalidEntry):
        entries(mac_key=b"another").decode("a", kept)


async def test_an_entry_that_has_just_expired_is_a_plain_miss() -> None:
    """The cache gives it back for a moment longer: that is no forgery, and leaves no tombstone."""
    view, cache, invalid = a_view(), MemoryCache(), list[None]()
    await cache.set(KEY, entries().encode(KEY, view, timedelta(0)), MINUTE)
    aside = an_aside(
        cache, CODEC, ttl=MINUTE, settle=MINUTE, on_invalid=lambda: invalid.append(None)
    )

    async def load() -> UserView:
        return view

    assert await aside.get_or_load("ann", load) == view
    assert invalid == []
    assert not is_tombstone(await cache.get(KEY) or b"")


@pytest.mark.parametrize("planted", [*NESTED, *OTHERS[1:]])
async def test_planted_bytes_are_a_miss_counted_once_and_replaced(planted: bytes) -> None:
    view = a_view()

    found, invalid, now = await read(planted, view)

    assert found == view
    assert invalid == 1
    assert now is not None
    assert is_tombstone(now)


@given(st.binary(min_size=1, max_size=300))
async def test_random_bytes_are_a_miss(planted: bytes) -> None:
    view = a_view()

    assert (await read(planted, view))[0] == view


async def test_a_forged_account_is_a_miss_whatever_it_says() -> None:
    view = a_view()
    forged = CODEC.encode(a_view(roles=("admin",)))

    for planted in (forged, bytes(40) + forged):
        found, invalid, _ = await read(planted, view)
        assert (found, invalid) == (view, 1)


@pytest.mark.parametrize("data", [*NESTED, *OTHERS])
def test_the_codec_alone_takes_no_planted_bytes_for_a_value(data: bytes) -> None:
    assert CODEC.decode(data) is None


@given(st.binary(max_size=300))
def test_the_codec_alone_raises_for_no_bytes(data: bytes) -> None:
    CODEC.decode(data)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON)
def test_the_codec_alone_takes_no_other_type_for_a_value(value: object) -> None:
    assert CODEC.decode(msgspec.msgpack.encode(value)) is None
