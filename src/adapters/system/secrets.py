"""Secret generator, by the operating system's random source."""

import secrets

from application.ports.secret_generator import SecretGenerator
from domain.session.refresh_token import RefreshSecret


class SystemSecrets(SecretGenerator):
    def new_secret(self) -> RefreshSecret:
        return RefreshSecret(secrets.token_urlsafe(32))
