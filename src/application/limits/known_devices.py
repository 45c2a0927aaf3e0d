"""Device cookies: devices that logged in to an account before (OWASP, "device cookies").

A signed token names a device and up to five accounts, so that wrong passwords of strangers and
those of a device that was here before count apart.
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from application.ports.id_generator import IdGenerator

LIFETIME: Final = timedelta(days=400)
"""What browsers keep a cookie for at most (RFC 6265bis §5.5); each log-in begins it anew."""
MAX_ACCOUNTS: Final = 5

_VERSION: Final = b"\x01"
_ID, _TIME, _TAG, _MAC = 16, 8, 12, 32
_HEAD: Final = len(_VERSION) + _ID + _TIME
# Head and MAC are 57 bytes, an account is 24: base64 needs no padding and has no spare bits.
_FORM: Final = re.compile(rf"[\w-]{{76}}(?:[\w-]{{32}}){{1,{MAX_ACCOUNTS}}}", re.ASCII)
_LONGEST: Final = 76 + 32 * MAX_ACCOUNTS


class _Account(NamedTuple):
    """MACs, for one device, of an account's address and of the account itself."""

    address: bytes
    owner: bytes


class Device(NamedTuple):
    """A device whose token is genuine; the newest account is the first."""

    id: bytes
    accounts: tuple[_Account, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownDevices:
    """Issues and reads device tokens.

    The address of an account has a MAC of its own, so that a device is recognised before anything
    is looked up. That the account is the one that logged in here, and has the password it had
    then, is checked with its credentials: neither a former owner of the address nor a thief of a
    former password has a known device.
    """

    device_key: bytes = field(repr=False)
    ids: IdGenerator

    def read(self, token: str | None, now: datetime) -> Device | None:
        """Give the device of a token; None for one that is missing, forged, broken or too old."""
        if token is None or len(token) > _LONGEST or not _FORM.fullmatch(token):
            return None
        raw = base64.urlsafe_b64decode(token)
        content, mac = raw[:-_MAC], raw[-_MAC:]
        if not hmac.compare_digest(mac, self._mac(b"token", content)):
            return None
        issued = int.from_bytes(content[_HEAD - _TIME : _HEAD])
        if content[:1] != _VERSION or now.timestamp() - issued >= LIFETIME.total_seconds():
            return None
        tags = content[_HEAD:]
        accounts = [
            _Account(tags[at : at + _TAG], tags[at + _TAG : at + 2 * _TAG])
            for at in range(0, len(tags), 2 * _TAG)
        ]
        return Device(content[1 : 1 + _ID], tuple(accounts))

    def is_known(self, device: Device, email_key: str) -> bool:
        """Whether the device logged in to the account with this address."""
        return self._find(device, email_key) is not None

    def is_owner(self, device: Device, email_key: str, user_id: UUID, password_hash: str) -> bool:
        """Whether that was this account, with the password it has now."""
        found = self._find(device, email_key)
        own = self._owner(device.id, user_id, password_hash)
        return found is not None and hmac.compare_digest(found.owner, own)

    def issue(
        self, token: str | None, email_key: str, user_id: UUID, password_hash: str, now: datetime
    ) -> str:
        """Give the token that a device has after a log-in; `token` is what it sent."""
        device = self.read(token, now) or Device(self.ids.new_id().bytes, ())
        new = _Account(
            self._address(device.id, email_key), self._owner(device.id, user_id, password_hash)
        )
        others = [each for each in device.accounts if each.address != new.address]
        accounts = [new, *others][:MAX_ACCOUNTS]
        content = _VERSION + device.id + int(now.timestamp()).to_bytes(_TIME)
        content += b"".join(each.address + each.owner for each in accounts)
        return base64.urlsafe_b64encode(content + self._mac(b"token", content)).decode()

    def _find(self, device: Device, email_key: str) -> _Account | None:
        tag = self._address(device.id, email_key)
        matching = [each for each in device.accounts if hmac.compare_digest(each.address, tag)]
        return matching[0] if matching else None

    def _address(self, device_id: bytes, email_key: str) -> bytes:
        return self._mac(b"address", device_id + email_key.encode())[:_TAG]

    def _owner(self, device_id: bytes, user_id: UUID, password_hash: str) -> bytes:
        return self._mac(b"owner", device_id + user_id.bytes + password_hash.encode())[:_TAG]

    def _mac(self, purpose: bytes, content: bytes) -> bytes:
        return hmac.new(self.device_key, purpose + b"|" + content, hashlib.sha256).digest()
