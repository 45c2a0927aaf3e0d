from tests.unit.contracts.credential_reader import CredentialReaderContract


class TestPostgresCredentialReader(CredentialReaderContract):
    pass
