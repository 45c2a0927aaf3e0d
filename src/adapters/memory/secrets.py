"""Fake secret generator with repeatable secrets."""

import base64
import hashlib
from itertools import count

from application.ports.secret_generator import SecretGenerator
from domain.session.refresh_token import RefreshSecret


class SeededSecrets(SecretGenerator):
    """The same secrets in the same order for the same seed: never for production."""

    def __init__(self, seed: str = "seed") -> None:
        self._seed = seed
        self._numbers = count()

    def new_secret(self) -> RefreshSecret:
        digest = hashlib.sha256(f"{self._seed}:{next(self._numbers)}".encode()).digest()
        return RefreshSecret(base64.urlsafe_b64encode(digest).rstrip(b"=").decode())
