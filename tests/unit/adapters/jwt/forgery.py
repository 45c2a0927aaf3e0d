"""Tokens made by hand, by keys of a file."""

import json

import pytest

from adapters.jwt.jwk import read_jwk
from adapters.jwt.tokens import JwtAccessTokens
from domain.session.errors import TokenInvalid
from tests.unit.adapters.jwt.keyring import Jwk
from tests.unit.adapters.jwt.secret_tokens import CONTENT, b64
from tests.unit.contracts.access_tokens import NOW


def message(header: object, content: object = CONTENT) -> str:
    parts = (
        each if isinstance(each, bytes) else json.dumps(each).encode() for each in (header, content)
    )
    return ".".join(map(b64, parts))


def header_of(key: Jwk, **changes: object) -> dict[str, object]:
    made = {"typ": "at+jwt", "alg": key["alg"], "kid": key["kid"], **changes}
    return {name: value for name, value in made.items() if value is not None}


def signed(key: Jwk, header: object = None, content: object = CONTENT) -> str:
    """A token whose signature is right, whatever it says."""
    text = message(header_of(key) if header is None else header, content)
    return f"{text}.{b64(read_jwk(key).sign(text.encode()))}"


async def refused(tokens: JwtAccessTokens, *forged: str) -> None:
    for token in forged:
        with pytest.raises(TokenInvalid):
            await tokens.verify(token, NOW)
