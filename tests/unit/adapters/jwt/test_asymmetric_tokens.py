"""Tokens signed with a file of keys, and what attackers make of them."""

import base64
import hmac
import json
from pathlib import Path

import pytest
from joserfc.jwk import ECKey, OKPKey, RSAKey

from adapters.jwt.keys import SecretKey
from adapters.jwt.tokens import JwtAccessTokens
from adapters.jwt.watched_keys import WatchedKeys
from domain.signing.key import Algorithm
from tests.unit.adapters.jwt.forgery import header_of, message, refused, signed
from tests.unit.adapters.jwt.keyring import Jwk, jwk, public, write
from tests.unit.adapters.jwt.secret_tokens import SETTINGS, b64
from tests.unit.contracts.access_tokens import CLAIMS, NOW, AccessTokensContract

JOSE: dict[Algorithm, type[OKPKey | ECKey | RSAKey]] = {
    Algorithm.EDDSA: OKPKey,
    Algorithm.ES256: ECKey,
    Algorithm.RS256: RSAKey,
}


@pytest.fixture(params=Algorithm)
def key(request: pytest.FixtureRequest) -> Jwk:
    return jwk(request.param)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys.json"


@pytest.fixture
def tokens(key: Jwk, path: Path) -> JwtAccessTokens:
    return JwtAccessTokens(SETTINGS, WatchedKeys(write(path, key)))


class TestAsymmetricAccessTokens(AccessTokensContract):
    @pytest.fixture
    def others(self, key: Jwk, tmp_path: Path) -> JwtAccessTokens:
        """The same id, and another key."""
        other = jwk(Algorithm(key["alg"]), number=1, kid=key["kid"])
        return JwtAccessTokens(SETTINGS, WatchedKeys(write(tmp_path / "others.json", other)))


async def test_a_token_made_by_hand_is_accepted_so_that_the_attacks_below_prove_something(
    tokens: JwtAccessTokens, key: Jwk
) -> None:
    assert (await tokens.verify(signed(key), NOW)).user_id == CLAIMS.user_id


async def test_a_token_names_its_key(tokens: JwtAccessTokens, key: Jwk) -> None:
    header = (await tokens.sign(CLAIMS)).partition(".")[0]

    assert json.loads(base64.urlsafe_b64decode(header + "==")) == header_of(key)


@pytest.mark.parametrize("name", ["none", "None", "NONE", "nOnE", "", "HS256", "hs256"])
async def test_no_algorithm_is_no_signature(tokens: JwtAccessTokens, key: Jwk, name: str) -> None:
    text = message(header_of(key, alg=name))

    await refused(tokens, text, f"{text}.", f"{text}.AA", signed(key, header_of(key, alg=name)))


def public_forms(key: Jwk) -> list[bytes]:
    """What an attacker may take for the secret: the public key as it is found in the world."""
    own = JOSE[Algorithm(key["alg"])].import_key(public(key))
    pem, der = own.as_pem(private=False), own.as_der(private=False)
    half = json.dumps(public(key)).encode()
    return [pem, pem.strip(), der, half, json.dumps({"keys": [public(key)]}).encode(), b""]


@pytest.mark.parametrize("form", range(6))
async def test_the_public_key_is_no_secret_to_sign_with(
    tokens: JwtAccessTokens, key: Jwk, form: int
) -> None:
    secret = public_forms(key)[form]

    for header in (
        header_of(key, alg="HS256"),
        header_of(key, alg="HS256", kid=None),
        header_of(key),
    ):
        text = message(header)
        await refused(tokens, f"{text}.{b64(hmac.digest(secret, text.encode(), 'sha256'))}")


async def test_the_secret_signs_nothing_where_there_are_keys(tokens: JwtAccessTokens) -> None:
    by_secret = JwtAccessTokens(SETTINGS, SecretKey(SETTINGS))

    await refused(tokens, await by_secret.sign(CLAIMS))


@pytest.mark.parametrize(
    "kid",
    [
        "",
        "../../../../dev/null",
        "/etc/passwd",
        "file:///dev/null",
        "https://attacker.example/key",
        "' OR 1=1 --",
        "x' UNION SELECT 'secret",
        "key\0",
        "\0",
        "| whoami",
        "x" * 2000,
        "\ud800",
        "🔑",
        0,
        True,
        None,
        1.5,
        ["kid"],
        {"kid": 1},
    ],
)
async def test_a_made_up_kid_finds_no_key(tokens: JwtAccessTokens, key: Jwk, kid: object) -> None:
    header = {**header_of(key), "kid": kid}

    await refused(tokens, signed(key, header))


async def test_a_kid_is_compared_to_the_letter(tokens: JwtAccessTokens, key: Jwk) -> None:
    kid = str(key["kid"])

    for other in (kid.swapcase(), f"{kid} ", f" {kid}", f"{kid}\0", kid[:-1], [kid]):
        await refused(tokens, signed(key, header_of(key, kid=other)))


@pytest.mark.parametrize(
    "member",
    [
        {"jku": "https://attacker.example/jwks.json"},
        {"x5u": "https://attacker.example/cert.pem"},
        {"jwk": public(jwk(number=1))},
        {"x5c": ["MIIB"]},
        {"x5t": "abc"},
        {"crit": ["exp"], "exp": 1},
        {"crit": []},
        {"crit": ["b64"], "b64": False},
        {"b64": True},
        {"cty": "JWT"},
        {"zip": "DEF"},
        {"enc": "A256GCM"},
        {"typ": "JWT"},
        {"typ": "AT+JWT"},
        {"typ": "application/at+jwt"},
        {"typ": None},
        {"kid": None},
    ],
)
async def test_a_header_that_is_not_ours_is_invalid_however_well_signed(
    tokens: JwtAccessTokens, key: Jwk, member: dict[str, object]
) -> None:
    await refused(tokens, signed(key, header_of(key, **member)))


async def test_a_key_that_comes_with_the_token_verifies_nothing(
    tokens: JwtAccessTokens, key: Jwk
) -> None:
    foreign = jwk(Algorithm(key["alg"]), number=1)

    for header in (
        header_of(key, jwk=public(foreign)),
        header_of(foreign, jwk=public(foreign)),
        header_of(key),
        header_of(foreign),
    ):
        await refused(tokens, signed(foreign, header))


async def test_the_algorithm_is_that_of_the_key(tmp_path: Path) -> None:
    """A right signature by one of our keys, under the name of another."""
    listed = [jwk(algorithm) for algorithm in Algorithm]
    tokens = JwtAccessTokens(SETTINGS, WatchedKeys(write(tmp_path / "keys.json", *listed)))

    for one in listed:
        await tokens.verify(signed(one), NOW)
        for other in listed:
            if other is not one:
                await refused(
                    tokens,
                    signed(one, header_of(other)),
                    signed(one, header_of(one, kid=other["kid"])),
                    signed(one, header_of(one, alg=other["alg"])),
                )


async def test_a_token_of_a_retired_key_is_invalid(key: Jwk, path: Path) -> None:
    now = [0.0]
    keys = WatchedKeys(write(path, key), clock=lambda: now[0])
    tokens = JwtAccessTokens(SETTINGS, keys)
    token = await tokens.sign(CLAIMS)
    new = jwk(number=7)

    write(path, new, key)
    now[0] = 1.0
    await tokens.verify(token, NOW)
    await tokens.verify(await tokens.sign(CLAIMS), NOW)

    write(path, new)
    now[0] = 2.0
    await refused(tokens, token)
