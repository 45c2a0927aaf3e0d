import base64
import hashlib
import hmac
import json
import warnings
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.jwt.keys import SecretKey
from adapters.jwt.tokens import JwtAccessTokens
from application.invalid_settings import InvalidSettings
from application.settings import TokenSettings
from domain.session.errors import TokenExpired, TokenInvalid
from tests.unit.contracts.access_tokens import CLAIMS, NOW, AccessTokensContract

SECRET = bytes(range(32))
SETTINGS = TokenSettings(secret=SECRET, issuer="issuer", audience="audience")
ISSUED = int(NOW.timestamp())
HEADER = {"typ": "at+jwt", "alg": "HS256"}
CONTENT = {
    "iss": "issuer",
    "aud": "audience",
    "sub": str(CLAIMS.user_id),
    "sid": str(CLAIMS.session_id),
    "jti": str(CLAIMS.token_id),
    "iat": ISSUED,
    "nbf": ISSUED,
    "exp": ISSUED + 900,
}
TIMES = ["iat", "nbf", "exp"]
IDS = ["sub", "sid", "jti"]


def made(settings: TokenSettings = SETTINGS) -> JwtAccessTokens:
    return JwtAccessTokens(settings, SecretKey(settings))


@pytest.fixture
def tokens() -> JwtAccessTokens:
    return made()


class TestJwtAccessTokens(AccessTokensContract):
    @pytest.fixture
    def others(self) -> JwtAccessTokens:
        return made(replace(SETTINGS, secret=bytes(range(1, 33))))


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def signed(header: object = HEADER, content: object = CONTENT, *, digest: str = "sha256") -> str:
    """A token whose signature is right, whatever it says."""
    head = header if isinstance(header, bytes) else json.dumps(header).encode()
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    message = f"{b64(head)}.{b64(body)}"
    return f"{message}.{b64(hmac.digest(SECRET, message.encode(), digest))}"


def without(name: str) -> dict[str, object]:
    return {key: value for key, value in CONTENT.items() if key != name}


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
        *(without(name) for name in CONTENT),
        *({**CONTENT, name: None} for name in CONTENT),
        {**CONTENT, "iss": "armature"},
        {**CONTENT, "iss": "Issuer"},
        {**CONTENT, "iss": ["issuer"]},
        {**CONTENT, "aud": "others"},
        {**CONTENT, "aud": ["audience", "others"]},
        {**CONTENT, "aud": ""},
    ],
)
async def test_content_that_is_not_ours_is_invalid_however_well_signed(
    tokens: JwtAccessTokens, content: object
) -> None:
    with pytest.raises(TokenInvalid):
        await tokens.verify(signed(content=content), NOW)


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


async def test_a_token_over_4_kib_is_not_even_read(
    tokens: JwtAccessTokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    padded = signed(content={**CONTENT, "pad": "x" * 4096})

    def never(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr("adapters.jwt.tokens._object", never)
    with pytest.raises(TokenInvalid):
        await tokens.verify(padded, NOW)


async def test_a_claim_more_is_no_harm(tokens: JwtAccessTokens) -> None:
    token = signed(content={**CONTENT, "scope": "x"})

    assert (await tokens.verify(token, NOW)).user_id == CLAIMS.user_id


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@given(name=st.sampled_from([*CONTENT]), value=JSON)
async def test_whatever_a_claim_is_the_answer_is_claims_or_one_of_two_errors(
    name: str, value: object
) -> None:
    with suppress(TokenInvalid, TokenExpired):
        await made().verify(signed(content={**CONTENT, name: value}), NOW)


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
