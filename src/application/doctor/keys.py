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
    """Tell whether JWT_SECRET has the look of random bytes."""
    if is_guessable(tokens.secret):
        return Finding(
            check="JWT_SECRET",
            state=State.WARNING,
            found="It can be guessed.",
            advice="Replace it by random bytes: `openssl rand -base64 48`.",
        )
    return Finding(check="JWT_SECRET", found=f"It has {len(tokens.secret)} bytes, and no pattern.")


def check_keys(store: SigningKeyStore | None, ttl: timedelta, now: datetime) -> Iterator[Finding]:
    """Look at the file of keys; where there is none, JWT_SECRET signs."""
    if store is None:
        yield Finding(
            check="signing keys",
            state=State.HINT,
            found="JWT_SECRET signs: whoever verifies tokens can make them, too.",
            advice="Where others verify, run `armature keys generate` and set JWT_KEYS.",
        )
        return
    try:
        keys = store.read()
    except InvalidSettings as wrong:
        for problem in wrong.problems:
            said = problem.partition(": ")[2]
            yield Finding(check="signing keys", state=State.ERROR, found=said)
        return
    views = [view(key, keys, ttl) for key in keys.keys]
    for each in views:
        if each.state is KeyState.SIGNING:
            yield _signing(each, now)
    yield _next([each for each in views if each.state is KeyState.NEXT])


def _signing(key: KeyView, now: datetime) -> Finding:
    since = key.promoted_at or key.added_at
    if since is None:
        found = f"A key for {key.algorithm} signs, nobody knows since when."
        return Finding(check="signing keys", state=State.HINT, found=found)
    found = f"A key for {key.algorithm} signs, for {max(0, (now - since).days)} days now."
    if now - since > OLD:
        advice = "Run `armature keys rotate`, and again a day later."
        return Finding(check="signing keys", state=State.WARNING, found=found, advice=advice)
    return Finding(check="signing keys", found=found)


def _next(keys: list[KeyView]) -> Finding:
    if keys:
        return Finding(check="next key", found="The next key is published already.")
    return Finding(
        check="next key",
        state=State.HINT,
        found="None is published yet.",
        advice="`armature keys rotate` publishes one; in an emergency it may sign at once.",
    )
