"""Key set: the first key signs, all verify."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from domain.signing.errors import KeyInUse, KeyNotFound, KeyTooNew
from domain.signing.key import SigningKey

MAX_AGE = timedelta(minutes=5)
"""How long a verifier may keep the published keys before it asks again."""

LEAD = 2 * MAX_AGE
"""How long a key is published before it signs, and how late a change may reach a replica."""


@dataclass(frozen=True, slots=True)
class KeySet:
    """At least one key, in order; a change gives another set."""

    keys: tuple[SigningKey, ...]

    @property
    def signing(self) -> SigningKey:
        return self.keys[0]

    @property
    def next(self) -> SigningKey | None:
        """The published key that signs from the next rotation on."""
        return next((key for key in self.keys[1:] if key.is_new), None)

    def announced(self, key: SigningKey, now: datetime) -> "KeySet":
        """Return the set with a new key that is published but does not sign yet."""
        new = replace(key, added_at=now, promoted_at=None, demoted_at=None)
        return KeySet((self.signing, new, *self.keys[1:]))

    def promoted(self, now: datetime, *, at_once: bool = False) -> "KeySet":
        """Return the set that signs with the next key; raises KeyTooNew unless `at_once`."""
        new = self.next
        if new is None or new.added_at is None:
            raise KeyNotFound("No key is waiting to sign.")
        ready_at = new.added_at + LEAD
        if now < ready_at and not at_once:
            raise KeyTooNew(
                f"The key {new.id} may sign from {_text(ready_at)} on, when every verifier that "
                "keeps the published keys has asked for them again."
            )
        return KeySet(
            (
                replace(new, promoted_at=now),
                replace(self.signing, demoted_at=now),
                *(key for key in self.keys[1:] if key is not new),
            )
        )

    def retired(
        self, id: str, now: datetime, token_ttl: timedelta, *, force: bool = False
    ) -> "KeySet":
        """Return the set without a key; raises KeyNotFound or KeyInUse.

        `force` ignores tokens that have not expired.
        """
        key = next((each for each in self.keys if each.id == id), None)
        if key is None:
            raise KeyNotFound
        if key is self.signing:
            raise KeyInUse("This key signs. Rotate first, so that another one does.")
        if not key.is_new and not force:
            _check_unneeded(key, now, token_ttl)
        return KeySet(tuple(each for each in self.keys if each is not key))


def needed_until(key: SigningKey, token_ttl: timedelta) -> datetime | None:
    """Return when the last token of a key expires; None if its last use is unknown.

    A replica may still sign for a while with an outdated copy of the keys.
    """
    return None if key.demoted_at is None else key.demoted_at + token_ttl + LEAD


def _check_unneeded(key: SigningKey, now: datetime, token_ttl: timedelta) -> None:
    end = needed_until(key, token_ttl)
    if end is None:
        raise KeyInUse("Nobody noted when this key last signed, so tokens of it may be alive.")
    if now < end:
        raise KeyInUse(f"Tokens that this key signed may be alive until {_text(end)}.")


def _text(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M:%SZ}"
