import pytest

from adapters.memory.fakes import KnownPublicKeys, MemorySigningKeys
from application.ports.published_keys import PublicKey
from tests.unit.contracts.published_keys import PublishedKeysContract
from tests.unit.contracts.signing_key_store import SigningKeyStoreContract


class TestMemorySigningKeys(SigningKeyStoreContract):
    @pytest.fixture
    def store(self) -> MemorySigningKeys:
        return MemorySigningKeys()


class TestKnownPublicKeys(PublishedKeysContract):
    @pytest.fixture
    def published(self) -> KnownPublicKeys:
        parameters = {"crv": "Ed25519", "x": "eA"}
        return KnownPublicKeys(
            PublicKey(id="1", algorithm="EdDSA", type="OKP", parameters=parameters),
            PublicKey(id="2", algorithm="EdDSA", type="OKP", parameters=parameters),
        )
