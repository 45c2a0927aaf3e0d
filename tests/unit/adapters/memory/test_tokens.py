import pytest

from adapters.memory.fakes import OpaqueAccessTokens
from tests.unit.contracts.access_tokens import AccessTokensContract


class TestOpaqueAccessTokens(AccessTokensContract):
    @pytest.fixture
    def tokens(self) -> OpaqueAccessTokens:
        return OpaqueAccessTokens()

    @pytest.fixture
    def others(self) -> OpaqueAccessTokens:
        return OpaqueAccessTokens()
