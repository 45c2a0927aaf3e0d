import base64

from application.ports.secret_generator import SecretGenerator
from domain.session.refresh_token import RefreshSecret


class SecretGeneratorContract:
    """Every generator of secrets passes this; a subclass gives `secrets`."""

    def test_a_secret_can_be_presented_again(self, secrets: SecretGenerator) -> None:
        secret = secrets.new_secret()

        assert RefreshSecret.parse(secret.value) == secret

    def test_a_secret_has_256_bits(self, secrets: SecretGenerator) -> None:
        assert len(base64.urlsafe_b64decode(secrets.new_secret().value + "=")) == 32

    def test_no_two_secrets_are_alike(self, secrets: SecretGenerator) -> None:
        assert len({secrets.new_secret().value for _ in range(1_000)}) == 1_000
