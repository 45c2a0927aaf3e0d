"""Tokens that were verified before: the key and the time count each time."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from adapters.jwt import tokens as module
from adapters.jwt.keys import Key, SecretKey
from adapters.jwt.tokens import JwtAccessTokens
from adapters.jwt.watched_keys import WatchedKeys
from application.settings import TokenSettings
from domain.session.errors import TokenExpired, TokenInvalid
from domain.signing.key import Algorithm
from tests.unit.adapters.jwt.keyring import jwk, write
from tests.unit.contracts.access_tokens import CLAIMS, NOW

SETTINGS = TokenSettings(secret=bytes(range(32)), issuer="issuer", audiences=("audience",))


@pytest.fixture
def verifications(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Collects what signatures were looked at."""
    seen: list[bytes] = []
    verify = Key.verify

    def watched(self: Key, message: bytes, signature: bytes) -> bool:
        seen.append(message)
        return verify(self, message, signature)

    monkeypatch.setattr(Key, "verify", watched)
    return seen


async def test_a_signature_is_looked_at_once(verifications: list[bytes]) -> None:
    tokens = JwtAccessTokens(SETTINGS, SecretKey(SETTINGS))
    token = await tokens.sign(CLAIMS)

    assert await tokens.verify(token, NOW) == await tokens.verify(token, NOW)
    assert len(verifications) == 1


async def test_a_remembered_token_expires_and_comes_from_the_future_like_any_other() -> None:
    tokens = JwtAccessTokens(SETTINGS, SecretKey(SETTINGS))
    token = await tokens.sign(CLAIMS)
    await tokens.verify(token, NOW)

    with pytest.raises(TokenInvalid):
        await tokens.verify(token, NOW - timedelta(seconds=7))
    for _ in range(2):
        with pytest.raises(TokenExpired):
            await tokens.verify(token, CLAIMS.expires_at + timedelta(seconds=5))


async def test_a_key_that_is_gone_takes_its_remembered_tokens_with_it(tmp_path: Path) -> None:
    path, now = tmp_path / "keys.json", 0.0
    old, new = jwk(Algorithm.EDDSA), jwk(Algorithm.EDDSA, number=1, kid="another")
    tokens = JwtAccessTokens(SETTINGS, WatchedKeys(write(path, old), clock=lambda: now))
    token = await tokens.sign(CLAIMS)
    await tokens.verify(token, NOW)

    write(path, new)
    now += 1.0

    with pytest.raises(TokenInvalid):
        await tokens.verify(token, NOW)


async def test_another_key_of_the_same_name_does_not_vouch_for_it(tmp_path: Path) -> None:
    path, now = tmp_path / "keys.json", 0.0
    old = jwk(Algorithm.EDDSA)
    tokens = JwtAccessTokens(SETTINGS, WatchedKeys(write(path, old), clock=lambda: now))
    token = await tokens.sign(CLAIMS)
    await tokens.verify(token, NOW)

    write(path, jwk(Algorithm.EDDSA, number=1, kid=old["kid"]))
    now += 1.0

    with pytest.raises(TokenInvalid):
        await tokens.verify(token, NOW)


async def test_what_is_not_acceptable_is_never_remembered(verifications: list[bytes]) -> None:
    tokens = JwtAccessTokens(SETTINGS, SecretKey(SETTINGS))
    forged = await tokens.sign(CLAIMS) + "A"

    for _ in range(2):
        with pytest.raises(TokenInvalid):
            await tokens.verify(forged, NOW)

    assert len(verifications) in {0, 2}
    assert not tokens._known


async def test_only_so_many_are_remembered_the_last_used_longest(
    monkeypatch: pytest.MonkeyPatch, verifications: list[bytes]
) -> None:
    monkeypatch.setattr(module, "MAX_KNOWN", 2)
    tokens = JwtAccessTokens(SETTINGS, SecretKey(SETTINGS))
    first, second, third = [
        await tokens.sign(replace(CLAIMS, session_id=UUID(int=number))) for number in range(3)
    ]
    for token in (first, second, first, third, first):
        await tokens.verify(token, NOW)

    assert len(verifications) == 3
    assert len(tokens._known) == 2
