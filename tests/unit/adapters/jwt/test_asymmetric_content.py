"""What attackers make of the content of tokens, and of how they are written."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from adapters.jwt.jwk import read_jwk
from adapters.jwt.tokens import JwtAccessTokens
from adapters.jwt.watched_keys import WatchedKeys
from domain.session.errors import TokenExpired
from domain.signing.key import Algorithm
from tests.unit.adapters.jwt.forgery import header_of, message, refused, signed
from tests.unit.adapters.jwt.keyring import Jwk, jwk, write
from tests.unit.adapters.jwt.secret_tokens import CONTENT, ISSUED, SETTINGS, b64
from tests.unit.contracts.access_tokens import CLAIMS, NOW


@pytest.fixture(params=Algorithm)
def key(request: pytest.FixtureRequest) -> Jwk:
    return jwk(request.param)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys.json"


@pytest.fixture
def tokens(key: Jwk, path: Path) -> JwtAccessTokens:
    return JwtAccessTokens(SETTINGS, WatchedKeys(write(path, key)))


async def test_a_token_cut_anywhere_is_invalid(tokens: JwtAccessTokens) -> None:
    token = await tokens.sign(CLAIMS)

    await refused(tokens, *(token[:length] for length in range(0, len(token), 3)))


async def test_a_token_that_is_too_long_is_invalid(tokens: JwtAccessTokens, key: Jwk) -> None:
    await refused(tokens, signed(key, content={**CONTENT, "pad": "x" * 3500}), "x" * 10_000_000)


def spelled_otherwise(token: str) -> list[str]:
    head, body, signature = token.split(".")
    return [
        f"{head}.{body}.{signature}=",
        f"{head}.{body}.{signature}==",
        f"{head}=.{body}.{signature}",
        f"{head}.{body}=.{signature}",
        f" {token}",
        f"{token} ",
        f"{token}\n",
        f"{head} .{body}.{signature}",
        f"{head}.{body}.{signature[:4]}\n{signature[4:]}",
        f"{head}.{body}.{signature}.",
        f"{head}.{body}.{signature}.{signature}",
        f"{head}..{signature}",
        f".{body}.{signature}",
        f"{head}.{body}.+/{signature[2:]}",
    ]


async def test_a_token_has_one_spelling(tokens: JwtAccessTokens) -> None:
    token = await tokens.sign(CLAIMS)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

    last = [token[:-1] + other for other in alphabet if other != token[-1]]
    await refused(tokens, *spelled_otherwise(token), *last)


@pytest.mark.parametrize(
    "content",
    [
        {**CONTENT, "iss": "other"},
        {**CONTENT, "iss": ["issuer"]},
        {**CONTENT, "aud": "other"},
        *({**CONTENT, "aud": aud} for aud in ([], ["other"], ["audience", 1], [["audience"]])),
        *({**CONTENT, "aud": aud} for aud in ({"audience": 1}, "audience,other", "audience ")),
        {**CONTENT, "nbf": ISSUED + 60},
        {**CONTENT, "iat": ISSUED + 60},
        *({**CONTENT, "exp": exp} for exp in (str(ISSUED + 900), ISSUED + 900.0, 10**30, True)),
        *({**CONTENT, name: True} for name in CONTENT),
        json.dumps(CONTENT)[:-1].encode() + b', "exp": 99999999999}',
        json.dumps(CONTENT)[:-1].encode() + b', "sub": "x"}',
        b"\xef\xbb\xbf" + json.dumps(CONTENT).encode(),
        json.dumps(CONTENT).encode("utf-16"),
        b"[]",
        b"[" * 2000,
    ],
)
async def test_content_that_is_not_ours_is_invalid_however_well_signed(
    tokens: JwtAccessTokens, key: Jwk, content: object
) -> None:
    await refused(tokens, signed(key, content=content))


async def test_a_member_is_said_once(tokens: JwtAccessTokens, key: Jwk) -> None:
    own = json.dumps(header_of(key))
    doubles = [
        own[:-1] + f', "alg": "{key["alg"]}"}}',
        own[:-1] + f', "kid": "{key["kid"]}"}}',
        '{"alg": "none", ' + own[1:],
    ]

    await refused(tokens, *(signed(key, double.encode()) for double in doubles))


async def test_an_expired_token_is_told_apart_only_when_it_is_ours(
    tokens: JwtAccessTokens, key: Jwk
) -> None:
    old = {**CONTENT, "exp": ISSUED - 60}

    with pytest.raises(TokenExpired):
        await tokens.verify(signed(key, content=old), NOW)
    await refused(tokens, signed(jwk(Algorithm(key["alg"]), number=1), header_of(key), old))


async def test_signatures_of_another_form_are_invalid(tokens: JwtAccessTokens, key: Jwk) -> None:
    text = message(header_of(key))
    shapes: list[Callable[[], Any]] = [
        lambda: bytes(64),
        lambda: b"\x01" * 64,
        lambda: b"\xff" * 64,
        lambda: bytes(256),
        lambda: b"\x30\x06\x02\x01\x00\x02\x01\x00",
        lambda: read_jwk(key).sign(text.encode()) + b"\0",
        lambda: b"\0" + read_jwk(key).sign(text.encode()),
    ]

    await refused(tokens, *(f"{text}.{b64(shape())}" for shape in shapes))
