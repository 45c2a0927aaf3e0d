"""Use cases of signing keys, which need neither database nor server."""

from dataclasses import dataclass
from datetime import timedelta

from application.ports.clock import Clock
from application.ports.signing_key_store import SigningKeyStore
from application.signing.generate_keys import GenerateKeys, GenerateKeysHandler
from application.signing.list_keys import ListKeys, ListKeysHandler
from application.signing.retire_key import RetireKey, RetireKeyHandler
from application.signing.rotate_keys import RotateKeys, RotateKeysHandler
from application.signing.views import KeyView
from application.use_case import UseCase


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyUpkeep:
    generate_keys: UseCase[GenerateKeys, KeyView]
    rotate_keys: UseCase[RotateKeys, KeyView]
    retire_key: UseCase[RetireKey, None]
    list_keys: UseCase[ListKeys, tuple[KeyView, ...]]


def upkeep_of(store: SigningKeyStore, clock: Clock, access_ttl: timedelta) -> KeyUpkeep:
    """Return the use cases for one store; access tokens live for `access_ttl`."""
    return KeyUpkeep(
        generate_keys=GenerateKeysHandler(store=store, clock=clock, access_ttl=access_ttl),
        rotate_keys=RotateKeysHandler(store=store, clock=clock, access_ttl=access_ttl),
        retire_key=RetireKeyHandler(store=store, clock=clock, access_ttl=access_ttl),
        list_keys=ListKeysHandler(store=store, access_ttl=access_ttl),
    )
