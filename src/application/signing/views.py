"""Read models of signing keys, without the keys."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.signing.key import SigningKey
from domain.signing.key_set import LEAD, KeySet, needed_until


class KeyState(StrEnum):
    SIGNING = "signing"
    NEXT = "next"
    VERIFYING = "verifying"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyView:
    """`ready_at` is when a next key may sign, `needed_until` when an old one's tokens expire."""

    id: str
    algorithm: str
    state: KeyState
    added_at: datetime | None
    promoted_at: datetime | None
    demoted_at: datetime | None
    ready_at: datetime | None = None
    needed_until: datetime | None = None


def view(key: SigningKey, keys: KeySet, token_ttl: timedelta) -> KeyView:
    """Return the view of one of `keys`."""
    state = KeyState.NEXT if key.is_new else KeyState.VERIFYING
    if key is keys.signing:
        state = KeyState.SIGNING
    is_next = state is KeyState.NEXT
    return KeyView(
        id=key.id,
        algorithm=key.algorithm,
        state=state,
        added_at=key.added_at,
        promoted_at=key.promoted_at,
        demoted_at=key.demoted_at,
        ready_at=key.added_at + LEAD if is_next and key.added_at else None,
        needed_until=needed_until(key, token_ttl) if state is KeyState.VERIFYING else None,
    )
