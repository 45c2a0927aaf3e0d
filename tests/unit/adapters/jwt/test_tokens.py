import base64
import hashlib
import hmac
import json
import warnings
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.jwt.tokens import JwtAccessTokens
from application.invalid_settings import InvalidSettings
from domain.session.errors import TokenInvalid
from tests.unit.adapters.jwt.secret_tokens import (
    CONTENT,
    HEADER,
    JSON,
    SECRET,
    SETTINGS,
    b64,
    made,
    signed,
)
from tests.unit.contracts.access_tokens import CLAIMS, NOW, AccessTokensContract


@pytest.fixture
def tokens() -> JwtAccessTokens:
    return made()


class TestJwtAccessTokens(AccessTokensContract):
    @pytest.fixture
    def others(self) -> JwtAccessTokens:
        return made(replace(SETTINGS, secret=bytes(range(1, 33))))


async def test_a_token_made_by_hand_is_accepted_so_that_the_attacks_below_prove_something(
    tokens: JwtAccessTokens,
) -> None:
    assert (await tokens.verify(signed(), NOW)).user_id == CLAIMS.user_id


async def test_a_token_has_the_header_and_the_claims_of_rfc_9068(tokens: JwtAccessTokens) -> None:
    header, content, _ = (await tokens.sign(CLAIMS)).split(".")

    assert json.loads(base64.urlsafe_b64decode(header + "==")) == HEADER
    assert json.loads(base64.urlsafe_b64decode(content + "==")) == CONTENT


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "HS256"},
        {"typ": "JWT", "alg": "HS256"},
        {"typ": "AT+JWT", "alg": "HS256"},
        {"typ": None, "alg": "HS256"},
        {"typ": "at+jwt"},
        {"typ": "at+jwt", "alg": None},
        {"typ": "at+jwt", "alg": ["HS256"]},
        {"typ": "at+jwt", "alg": {"a": 1}},
        {"typ": "at+jwt", "alg": "none"},
        {"typ": "at+jwt", "alg": "None"},
        {"typ": "at+jwt", "alg": "NONE"},
        {"typ": "at+jwt", "alg": "hs256"},
        {"typ": "at+jwt", "alg": "HS384"},
        {"typ": "at+jwt", "alg": "RS256"},
        {"typ": "at+jwt", "alg": "EdDSA"},
        {"typ": "at+jwt", "alg": "dir", "enc": "A256GCM"},
        {**HEADER, "crit": ["exp"], "exp": 1},
        {**HEADER, "crit": ["b64"], "b64": False},
        {**HEADER, "crit": []},
        {**HEADER, "crit": "b64"},
        {**HEADER, "b64": True},
        {**HEADER, "kid": "1"},
        {**HEADER, "jwk": {"kty": "oct", "k": b64(SECRET)}},
        {**HEADER, "jku": "https://attacker.example/keys"},
        {**HEADER, "x5u": "https://attacker.example/keys"},
        {**HEADER, "zip": "DEF"},
        {**HEADER, "unknown": 1},
        ["typ", "alg"],
        "HS256",
        None,
        b"",
        b"\xff",
        b"{",
        b"[" * 380,
        b'{"typ":"at+jwt","alg":"HS256","x":' + b"9" * 400 + b"}",
    ],
)
async def test_a_header_that_is_not_ours_is_invalid_however_well_signed(
    tokens: JwtAccessTokens, header: object
) -> None:
    with pytest.raises(TokenInvalid):
        await tokens.verify(signed(header), NOW)


@pytest.mark.parametrize("digest", ["sha384", "sha512"])
async def test_another_algorithm_is_invalid_under_the_same_key(
    tokens: JwtAccessTokens, digest: str
) -> None:
    header = {"typ": "at+jwt", "alg": digest.replace("sha", "HS")}

    with pytest.raises(TokenInvalid):
        await tokens.verify(signed(header, digest=digest), NOW)


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
@pytest.mark.parametrize("signature", ["", "AA", "=", "\u0661"])
async def test_a_token_without_its_signature_is_invalid(
    tokens: JwtAccessTokens, algorithm: str, signature: str
) -> None:
    message, _, _ = signed({"typ": "at+jwt", "alg": algorithm}).rpartition(".")

    for token in (message, f"{message}.{signature}", f"{message}.{signature}."):
        with pytest.raises(TokenInvalid):
            await tokens.verify(token, NOW)


async def test_a_signature_has_one_spelling(tokens: JwtAccessTokens) -> None:
    token = signed()
    last = token[-1]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

    for other in (*alphabet.replace(last, ""), f"{last}=", f"{last}\n", f"{last} "):
        with pytest.raises(TokenInvalid):
            await tokens.verify(token[:-1] + other, NOW)


async def test_a_token_over_4_kib_is_not_even_read(
    tokens: JwtAccessTokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    padded = signed(content={**CONTENT, "pad": "x" * 4096})

    def never(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr("adapters.jwt.tokens._object", never)
    with pytest.raises(TokenInvalid):
        await tokens.verify(padded, NOW)


@given(name=st.sampled_from(["typ", "alg", "crit", "b64", "kid", "cty"]), value=JSON)
async def test_whatever_the_header_is_only_ours_is_accepted(name: str, value: object) -> None:
    header = {**HEADER, name: value}
    if header == HEADER:
        return

    with pytest.raises(TokenInvalid):
        await made().verify(signed(header), NOW)


@given(st.text() | st.from_regex(r"[\w-]+\.[\w-]+\.[\w-]+"))
async def test_any_text_is_no_token(text: str) -> None:
    with pytest.raises(TokenInvalid):
        await made().verify(text, NOW)


async def test_neither_signing_nor_verifying_warns_of_anything() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        tokens = made()
        await tokens.verify(await tokens.sign(CLAIMS), NOW)


def test_a_public_key_is_no_secret() -> None:
    pem = (
        b"-----BEGIN PUBLIC KEY-----\n"
        b"MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
        b"-----END PUBLIC KEY-----\n"
    )

    with pytest.raises(InvalidSettings, match=r"^JWT_SECRET: "):
        made(replace(SETTINGS, secret=pem))


def test_the_signature_is_an_hmac_with_sha_256_of_the_secret() -> None:
    message, _, signature = signed().rpartition(".")

    assert signature == b64(hmac.new(SECRET, message.encode(), hashlib.sha256).digest())
