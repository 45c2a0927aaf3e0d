"""Port: generates random secrets."""

from typing import Protocol

from domain.session.refresh_token import RefreshSecret


class SecretGenerator(Protocol):
    """Where refresh secrets come from."""

    def new_secret(self) -> RefreshSecret:
        """Give 256 bits from a cryptographic source."""
        ...
