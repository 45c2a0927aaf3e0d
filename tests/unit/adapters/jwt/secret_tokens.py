"""Tokens made by hand, by a secret."""

import base64
import hmac
import json
from typing import Any

from hypothesis import strategies as st

from adapters.jwt.keys import SecretKey
from adapters.jwt.tokens import JwtAccessTokens
from application.settings import TokenSettings
from tests.unit.contracts.access_tokens import CLAIMS, NOW

SECRET = bytes(range(32))


SETTINGS = TokenSettings(secret=SECRET, issuer="issuer", audiences=("audience",))


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
    "gen": 7,
}


def made(settings: TokenSettings = SETTINGS) -> JwtAccessTokens:
    return JwtAccessTokens(settings, SecretKey(settings))


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def signed(header: object = HEADER, content: object = CONTENT, *, digest: str = "sha256") -> str:
    """A token whose signature is right, whatever it says."""
    head = header if isinstance(header, bytes) else json.dumps(header).encode()
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    message = f"{b64(head)}.{b64(body)}"
    return f"{message}.{b64(hmac.digest(SECRET, message.encode(), digest))}"


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
