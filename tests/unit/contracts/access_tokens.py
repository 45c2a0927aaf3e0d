from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from application.ports.access_tokens import AccessClaims, AccessTokens
from domain.session.errors import TokenExpired, TokenInvalid

NOW = datetime(2026, 5, 1, 12, 0, 0, 123456, tzinfo=UTC)
SECOND = timedelta(seconds=1)
CLAIMS = AccessClaims(
    user_id=UUID("018f0000-0000-7000-8000-000000000001"),
    session_id=UUID("018f0000-0000-7000-8000-000000000002"),
    token_id=UUID("018f0000-0000-7000-8000-000000000003"),
    issued_at=NOW,
    expires_at=NOW + timedelta(minutes=15),
    generation=7,
)


class AccessTokensContract:
    """Every signer passes this; a subclass gives `tokens`, and `others` with another secret."""

    async def test_a_token_says_what_was_signed_to_the_second(self, tokens: AccessTokens) -> None:
        token = await tokens.sign(CLAIMS)

        assert token.isascii()
        assert await tokens.verify(token, NOW) == replace(
            CLAIMS,
            issued_at=NOW.replace(microsecond=0),
            expires_at=(NOW + timedelta(minutes=15)).replace(microsecond=0),
        )

    async def test_a_token_from_before_generations_says_none(self, tokens: AccessTokens) -> None:
        token = await tokens.sign(replace(CLAIMS, generation=None))

        assert (await tokens.verify(token, NOW)).generation is None

    async def test_a_token_works_until_its_last_second(self, tokens: AccessTokens) -> None:
        token = await tokens.sign(CLAIMS)

        await tokens.verify(token, CLAIMS.expires_at - SECOND)

    async def test_a_token_expires(self, tokens: AccessTokens) -> None:
        token = await tokens.sign(CLAIMS)

        # No clock is trusted to be righter than this.
        with pytest.raises(TokenExpired):
            await tokens.verify(token, CLAIMS.expires_at + timedelta(seconds=5))

    async def test_a_token_from_the_future_is_invalid(self, tokens: AccessTokens) -> None:
        token = await tokens.sign(CLAIMS)

        with pytest.raises(TokenInvalid):
            await tokens.verify(token, NOW - timedelta(seconds=7))

    async def test_tokens_of_others_are_invalid(
        self, tokens: AccessTokens, others: AccessTokens
    ) -> None:
        token = await others.sign(CLAIMS)

        with pytest.raises(TokenInvalid):
            await tokens.verify(token, NOW)

    @pytest.mark.parametrize(
        "token", ["", ".", "..", "...", "a.b.c", "é", "\ud800", "\0", " ", "x" * 5000, "🙂" * 3]
    )
    async def test_garbage_is_invalid(self, tokens: AccessTokens, token: str) -> None:
        with pytest.raises(TokenInvalid):
            await tokens.verify(token, NOW)

    async def test_a_token_with_one_character_changed_is_invalid(
        self, tokens: AccessTokens
    ) -> None:
        token = await tokens.sign(CLAIMS)

        for place, char in enumerate(token):
            changed = token[:place] + ("A" if char != "A" else "B") + token[place + 1 :]
            for forged in (changed, token[:place], token + char):
                with pytest.raises(TokenInvalid):
                    await tokens.verify(forged, NOW)
