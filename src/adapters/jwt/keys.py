"""Key ring: what tokens are signed with and verified by."""

from typing import Protocol

from joserfc.jwk import OctKey

from adapters.jwt.key import Key
from application.invalid_settings import InvalidSettings
from application.ports.published_keys import PublicKey, PublishedKeys
from application.settings import TokenSettings


class Keys(Protocol):
    """The keys as they are now."""

    def signing(self) -> Key:
        """Give the key to sign with."""
        ...

    def find(self, id: object) -> Key | None:
        """Give the key that a token names, by whatever the token has there."""
        ...


class SecretKey(Keys, PublishedKeys):
    """One secret, for HS256: whoever could verify could sign, so nothing is published."""

    def __init__(self, settings: TokenSettings) -> None:
        try:
            jose = OctKey.import_key(settings.secret, {"use": "sig", "alg": "HS256"})
        except ValueError as error:
            raise InvalidSettings(
                ("JWT_SECRET: this is a key that others may know; use 32 random bytes.",)
            ) from error
        self._key = Key(id=None, algorithm="HS256", jose=jose)

    def signing(self) -> Key:
        return self._key

    def find(self, id: object) -> Key | None:
        return self._key if id is None else None

    async def published(self) -> tuple[PublicKey, ...]:
        return ()
