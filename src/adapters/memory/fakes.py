"""Fakes of small ports: time, identity, secrets, machine, HTML cleaner, keys, tokens, breaches."""

import base64
import hashlib
import secrets
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from html import escape, unescape
from itertools import count
from uuid import UUID

from application.invalid_settings import InvalidSettings
from application.ports.access_tokens import AccessClaims, AccessTokens
from application.ports.breached_passwords import BreachedPasswords
from application.ports.clock import Clock
from application.ports.html_cleaner import HtmlCleaner
from application.ports.id_generator import IdGenerator
from application.ports.machine import Access, Machine
from application.ports.published_keys import PublicKey, PublishedKeys
from application.ports.secret_generator import SecretGenerator
from application.ports.signing_key_store import SigningKeyStore
from domain.session.errors import TokenExpired, TokenInvalid
from domain.session.refresh_token import RefreshSecret
from domain.signing.errors import KeysExist
from domain.signing.key import Algorithm, SigningKey
from domain.signing.key_set import KeySet
from domain.user.password import Password


class FrozenClock(Clock):
    def __init__(self, now: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def advance(self, by: timedelta) -> None:
        self._now += by


class SequentialIds(IdGenerator):
    """UUIDv7s of the first, second, third ... millisecond of 1970, with no random bits."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def new_id(self) -> UUID:
        return UUID(int=(next(self._numbers) << 80) | (7 << 76) | (2 << 62))


class SeededSecrets(SecretGenerator):
    """The same secrets in the same order for the same seed: never for production."""

    def __init__(self, seed: str = "seed") -> None:
        self._seed = seed
        self._numbers = count()

    def new_secret(self) -> RefreshSecret:
        digest = hashlib.sha256(f"{self._seed}:{next(self._numbers)}".encode()).digest()
        return RefreshSecret(base64.urlsafe_b64encode(digest).rstrip(b"=").decode())


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribedMachine(Machine):
    files: int | None = None
    bytes: float | None = None
    paths: Mapping[str, Access] = field(default_factory=dict)

    def open_files(self) -> int | None:
        return self.files

    def memory(self) -> float | None:
        return self.bytes

    def access(self, path: str) -> Access | None:
        return self.paths.get(path)


class EscapingHtmlCleaner(HtmlCleaner):
    """Lets no markup be markup; characters that are escaped already are not escaped again."""

    def clean(self, html: str) -> str:
        return escape(unescape(html), quote=False)


class KnownPublicKeys(PublishedKeys):
    def __init__(self, *keys: PublicKey) -> None:
        self._keys = keys

    async def published(self) -> tuple[PublicKey, ...]:
        return self._keys


class KnownBreaches(BreachedPasswords):
    """Contains the given passwords; none by default."""

    name = "breached passwords"
    is_shared = False

    def __init__(self, passwords: Iterable[str] = ()) -> None:
        self._passwords = frozenset(passwords)

    async def open(self) -> None:
        """Do nothing: what is in this process is there."""

    async def close(self) -> None:
        """Do nothing, as above."""

    async def check(self) -> None:
        """Do nothing, as above."""

    async def contains(self, password: Password) -> bool:
        return password.value in self._passwords


class MemorySigningKeys(SigningKeyStore):
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._keys: KeySet | None = None

    def make(self, algorithm: Algorithm) -> SigningKey:
        return SigningKey(id=secrets.token_hex(16), algorithm=algorithm, material={})

    def create(self, keys: KeySet) -> None:
        with self._lock:
            if self._keys is not None:
                raise KeysExist
            self._keys = keys

    def read(self) -> KeySet:
        if self._keys is None:
            raise InvalidSettings(("JWT_KEYS: there are no keys yet.",))
        return self._keys

    def change(self, change: Callable[[KeySet], KeySet]) -> KeySet:
        with self._lock:
            self._keys = change(self.read())
            return self._keys


class OpaqueAccessTokens(AccessTokens):
    """Hands out random strings and remembers what each stands for, for good."""

    def __init__(self) -> None:
        self._claims: dict[str, AccessClaims] = {}

    async def sign(self, claims: AccessClaims) -> str:
        token = secrets.token_urlsafe(32)
        self._claims[token] = replace(
            claims,
            issued_at=claims.issued_at.replace(microsecond=0),
            expires_at=claims.expires_at.replace(microsecond=0),
        )
        return token

    async def verify(self, token: str, now: datetime) -> AccessClaims:
        claims = self._claims.get(token)
        if claims is None or now < claims.issued_at:
            raise TokenInvalid
        if now >= claims.expires_at:
            raise TokenExpired
        return claims
