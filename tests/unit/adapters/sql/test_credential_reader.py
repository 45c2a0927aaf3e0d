from tests.unit.contracts.credential_reader import CredentialReaderContract


class TestMemoryCredentialReader(CredentialReaderContract):
    pass
