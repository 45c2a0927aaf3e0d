"""Doctor checks of the signing keys."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final

from application.doctor.finding import Finding, State
from application.invalid_settings import InvalidSettings
from application.ports.signing_key_store import SigningKeyStore
from application.settings import TokenSettings
from application.signing.views import KeyState, KeyView, view

OLD: Final = timedelta(days=180)
"""After which a signing key should have been rotated (NIST SP 800-57: one to two years at most)."""


def check_secret(tokens: TokenSettings, is_guessable: Callable[[bytes], bool]) -> Finding:
    """Check that JWT_SECRET looks like random bytes."""
    if is_guessable(tokens.secret):
        advice = "Replace it by random bytes: `openssl rand -base64 48`."
        return Finding("JWT_SECRET", "It can be guessed.", State.WARNING, advice)
    return Finding("JWT_SECRET", f"It has {len(tokens.secret)} bytes, and no pattern.")


def check_keys(store: SigningKeyStore | None, ttl: timedelta, now: datetime) -> Iterator[Finding]:
    """Check the file of signing keys; without one JWT_SECRET signs."""
    if store is None:
        yield Finding(
            "signing keys",
            "JWT_SECRET signs: whoever verifies tokens can also create them.",
            State.HINT,
            "Where others verify, run `armature keys generate` and set JWT_KEYS.",
        )
        return
    try:
        keys = store.read()
    except InvalidSettings as wrong:
        for problem in wrong.problems:
            yield Finding("signing keys", problem.partition(": ")[2], State.ERROR)
        return
    views = [view(key, keys, ttl) for key in keys.keys]
    yield from (_signing(each, now) for each in views if each.state is KeyState.SIGNING)
    if any(each.state is KeyState.NEXT for each in views):
        yield Finding("next key", "The next key is published already.")
    else:
        advice = "`armature keys rotate` publishes one; in an emergency it may sign at once."
        yield Finding("next key", "None is published yet.", State.HINT, advice)


def _signing(key: KeyView, now: datetime) -> Finding:
    since = key.promoted_at or key.added_at
    if since is None:
        found = f"A key for {key.algorithm} signs; since when is not recorded."
        return Finding("signing keys", found, State.HINT)
    found = f"A key for {key.algorithm} has been signing for {max(0, (now - since).days)} days."
    if now - since > OLD:
        advice = "Run `armature keys rotate`, and again a day later."
        return Finding("signing keys", found, State.WARNING, advice)
    return Finding("signing keys", found)
