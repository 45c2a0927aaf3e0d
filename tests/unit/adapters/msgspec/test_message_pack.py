from dataclasses import fields, make_dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.memory.cache import MemoryCache
from adapters.msgspec.message_pack import MessagePack
from application.user.views import UserView
from tests.unit.adapters.caching.asides import an_aside
from tests.unit.contracts.elapsing import MINUTE

SHAPE: dict[str, Any] = {field.name: field.type for field in fields(UserView)}
ANN = UserView(
    id=UUID(int=1),
    email="ann@example.com",
    name=None,
    bio=None,
    website=None,
    roles=(),
    is_active=True,
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
    updated_at=datetime(2026, 1, 1, tzinfo=UTC),
)


def shaped(shape: dict[str, Any]) -> type:
    """Give what another release may call a UserView."""
    return make_dataclass("UserView", shape.items(), frozen=True, slots=True, kw_only=True)


def without(name: str) -> dict[str, Any]:
    return {key: kind for key, kind in SHAPE.items() if key != name}


OTHERS = {
    "one more": SHAPE | {"phone": str | None},
    "one less": without("bio"),
    "another name": without("bio") | {"about": str | None},
    "may be missing": SHAPE | {"email": str | None},
    "is never missing": SHAPE | {"bio": str},
    "another type": SHAPE | {"is_active": int},
    "another type within": SHAPE | {"roles": tuple[int, ...]},
    "another type of the same look": SHAPE | {"created_at": date},
    "text for an id": SHAPE | {"id": str},
}


@given(st.builds(UserView))
def test_a_view_comes_back_as_it_was(view: UserView) -> None:
    codec = MessagePack(UserView)

    assert codec.decode(codec.encode(view)) == view


@pytest.mark.parametrize("data", [b"", b"\xc1", b"\x80", b"x", b"{}"])
def test_what_it_did_not_make_is_none(data: bytes) -> None:
    assert MessagePack(UserView).decode(data) is None


def test_the_same_shape_has_the_same_version_in_every_process() -> None:
    assert MessagePack(UserView).version == MessagePack(UserView).version
    assert len(MessagePack(UserView).version) == 8


@pytest.mark.parametrize("shape", OTHERS.values(), ids=OTHERS)
def test_another_shape_has_another_version(shape: dict[str, Any]) -> None:
    assert MessagePack(shaped(shape)).version != MessagePack(shaped(SHAPE)).version


def test_what_a_field_holds_is_a_part_of_the_shape() -> None:
    inner, other = make_dataclass("Inner", [("a", int)]), make_dataclass("Inner", [("b", int)])

    versions = {MessagePack(shaped(SHAPE | {"more": kind})).version for kind in (inner, other)}

    assert len(versions) == 2


@pytest.mark.parametrize("shape", OTHERS.values(), ids=OTHERS)
async def test_a_release_with_another_shape_reads_nothing_of_ours(shape: dict[str, Any]) -> None:
    cache = MemoryCache()
    other: MessagePack[object] = MessagePack(shaped(shape))

    async def ours() -> UserView:
        return ANN

    async def nothing() -> None:
        return None

    before = an_aside(cache, MessagePack(UserView), ttl=MINUTE, settle=MINUTE)
    after = an_aside(cache, other, ttl=MINUTE, settle=MINUTE)
    await before.get_or_load("ann", ours)

    assert await after.get_or_load("ann", nothing) is None
    assert await before.get_or_load("ann", nothing) == ANN
