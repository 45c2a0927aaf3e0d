import base64
import json
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.jwt.tokens import JwtAccessTokens
from domain.session.errors import TokenExpired, TokenInvalid
from tests.unit.adapters.jwt.secret_tokens import (
    CONTENT,
    ISSUED,
    JSON,
    SETTINGS,
    made,
    signed,
)
from tests.unit.contracts.access_tokens import CLAIMS, NOW

TIMES = ["iat", "nbf", "exp"]


IDS = ["sub", "sid", "jti"]


@pytest.fixture
def tokens() -> JwtAccessTokens:
    return made()


def without(name: str) -> dict[str, object]:
    return {key: value for key, value in CONTENT.items() if key != name}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"\xff\xfe",
        b"{",
        b"[" * 2900,
        b'{"exp":' + b"9" * 2800 + b"}",
        *(without(name) for name in CONTENT if name != "gen"),
        *({**CONTENT, name: None} for name in CONTENT),
        {**CONTENT, "iss": "armature"},
        {**CONTENT, "iss": "Issuer"},
        {**CONTENT, "iss": ["issuer"]},
        {**CONTENT, "aud": "others"},
        {**CONTENT, "aud": ["others"]},
        {**CONTENT, "aud": ""},
    ],
)
async def test_content_that_is_not_ours_is_invalid_however_well_signed(
    tokens: JwtAccessTokens, content: object
) -> None:
    with pytest.raises(TokenInvalid):
        await tokens.verify(signed(content=content), NOW)


@pytest.mark.parametrize("value", [-1, True, 1.0, "1", [], 2**31, 10**300])
async def test_a_generation_that_is_no_count_is_invalid(
    tokens: JwtAccessTokens, value: object
) -> None:
    with pytest.raises(TokenInvalid):
        await tokens.verify(signed(content={**CONTENT, "gen": value}), NOW)


@pytest.mark.parametrize("name", IDS)
@pytest.mark.parametrize(
    "value",
    [
        "",
        "1",
        1,
        True,
        [],
        {"$ne": None},
        "018f0000-0000-7000-8000-00000000000",
        "018F0000-0000-7000-8000-00000000000A",
        "{018f0000-0000-7000-8000-000000000001}",
        "urn:uuid:018f0000-0000-7000-8000-000000000001",
        "018f0000000070008000000000000001",
        "018f0000-0000-7000-8000-000000000001 ",
    ],
)
async def test_an_id_that_is_no_uuid_is_invalid(
    tokens: JwtAccessTokens, name: str, value: object
) -> None:
    with pytest.raises(TokenInvalid):
        await tokens.verify(signed(content={**CONTENT, name: value}), NOW)


@pytest.mark.parametrize("name", TIMES)
@pytest.mark.parametrize(
    "value",
    [
        True,
        False,
        float("nan"),
        float("inf"),
        float("-inf"),
        float(ISSUED) + 0.5,
        str(ISSUED),
        "",
        [ISSUED],
        -1,
        10**12,
        10**400,
        253_402_300_799,
    ],
)
async def test_a_time_that_is_no_number_of_seconds_is_invalid(
    tokens: JwtAccessTokens, name: str, value: object
) -> None:
    with pytest.raises(TokenInvalid):
        await tokens.verify(signed(content={**CONTENT, name: value}), NOW)


async def test_clocks_may_be_five_seconds_apart(tokens: JwtAccessTokens) -> None:
    token = signed()
    issued, expires = NOW.replace(microsecond=0), NOW.replace(microsecond=0) + timedelta(minutes=15)
    tick = timedelta(microseconds=1)

    await tokens.verify(token, issued - timedelta(seconds=5))
    await tokens.verify(token, expires + timedelta(seconds=5) - tick)
    with pytest.raises(TokenInvalid):
        await tokens.verify(token, issued - timedelta(seconds=5) - tick)
    with pytest.raises(TokenExpired):
        await tokens.verify(token, expires + timedelta(seconds=5))


@pytest.mark.parametrize("name", ["iat", "nbf"])
async def test_a_token_is_not_used_before_its_time(tokens: JwtAccessTokens, name: str) -> None:
    with pytest.raises(TokenInvalid):
        await tokens.verify(signed(content={**CONTENT, name: ISSUED + 60}), NOW)


async def test_only_a_token_of_ours_is_told_that_it_expired(tokens: JwtAccessTokens) -> None:
    expired = {**CONTENT, "exp": ISSUED - 60}
    later = NOW + timedelta(hours=1)

    with pytest.raises(TokenExpired):
        await tokens.verify(signed(content=expired), NOW)
    for forged in (signed(content={**expired, "iss": "x"}), signed()[:-2] + "AA"):
        with pytest.raises(TokenInvalid):
            await tokens.verify(forged, later)


async def test_a_claim_more_is_no_harm(tokens: JwtAccessTokens) -> None:
    token = signed(content={**CONTENT, "scope": "x"})

    assert (await tokens.verify(token, NOW)).user_id == CLAIMS.user_id


@given(name=st.sampled_from([*CONTENT]), value=JSON)
async def test_whatever_a_claim_is_the_answer_is_claims_or_one_of_two_errors(
    name: str, value: object
) -> None:
    with suppress(TokenInvalid, TokenExpired):
        await made().verify(signed(content={**CONTENT, name: value}), NOW)


async def test_several_audiences_are_an_array_and_one_is_a_plain_string() -> None:
    for audiences, claim in ((("one",), "one"), (("one", "two"), ["one", "two"])):
        token = await made(replace(SETTINGS, audiences=audiences)).sign(CLAIMS)

        body = token.split(".")[1]
        assert json.loads(base64.urlsafe_b64decode(body + "=="))["aud"] == claim


@pytest.mark.parametrize("aud", ["audience", "second", ["audience"], ["second", "third"]])
async def test_any_of_the_audiences_is_accepted(aud: object) -> None:
    tokens = made(replace(SETTINGS, audiences=("audience", "second")))

    claims = await tokens.verify(signed(content={**CONTENT, "aud": aud}), NOW)

    assert claims.user_id == CLAIMS.user_id


async def test_a_token_with_the_longest_names_that_can_be_configured_is_accepted() -> None:
    names = tuple(f"{number:02}{'x' * 61}" for number in range(16))
    tokens = made(replace(SETTINGS, issuer="x" * 255, audiences=names))

    assert (await tokens.verify(await tokens.sign(CLAIMS), NOW)).user_id == CLAIMS.user_id
