"""Builds the signing and verifying keys that the settings name."""

from pathlib import Path

from adapters.jwt.key_file import KeyFileStore, exposed
from adapters.jwt.keys import SecretKey
from adapters.jwt.watched_keys import WatchedKeys
from application.invalid_settings import InvalidSettings
from application.settings import Environment, Settings


def create_keys(settings: Settings) -> SecretKey | WatchedKeys:
    """Build the keys; raises InvalidSettings where they cannot be used."""
    if settings.tokens.keys is None:
        return SecretKey(settings.tokens)
    strict = settings.environment is Environment.PRODUCTION
    return WatchedKeys(Path(settings.tokens.keys), strict=strict)


def create_store(settings: Settings) -> KeyFileStore:
    """Build what keeps the file of keys; raises InvalidSettings where none is named."""
    if settings.tokens.keys is None:
        raise InvalidSettings(
            ("JWT_KEYS: set it to the path of the file that holds the keys, or give --file.",)
        )
    return KeyFileStore(Path(settings.tokens.keys))


def warnings(settings: Settings) -> tuple[str, ...]:
    """Return warnings about files that only production refuses."""
    if settings.tokens.keys is None or settings.environment is Environment.PRODUCTION:
        return ()
    problem = exposed(Path(settings.tokens.keys))
    return (problem,) if problem else ()
