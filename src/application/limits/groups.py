"""The rate limits by name, and what they are unless `RATE_LIMITS` says otherwise."""

from collections.abc import Mapping
from typing import Final

from application.ports.rate_limiter import Limit

LOGIN: Final = "login"
"""Log-ins that fail, per address."""
REGISTER: Final = "register"
"""Registrations, per address, whatever becomes of them."""
API: Final = "api"
"""All other calls together, per address."""
API_USER: Final = "api-user"
"""The same per user, once that is verified; as `api` unless it is set."""
PUBLIC: Final = "public"
"""What verifiers and readers fetch without a log-in: keys, description, documentation."""
EMAIL_CHANGE: Final = "email-change"
"""Changes of an address that come with the right password, per user."""
PROOF: Final = "password-proof"
"""Wrong passwords of somebody who is logged in, per user."""
LOGIN_ACCOUNT: Final = "login-account"
"""Wrong passwords of an account, of all callers together that are unknown to it."""
LOGIN_KNOWN: Final = "login-known"
"""The same, for each device and each network that the account was used from."""
LOGIN_NETWORK: Final = "login-network"
"""The same, for an account and an unknown network, once `login-account` is used up."""
LOGIN_GLOBAL: Final = "login-global"
"""Wrong passwords of all accounts together."""
LOGIN_GLOBAL_NETWORK: Final = "login-global-network"
"""Wrong passwords of unknown callers, per network, once `login-global` is used up."""

AUTH: Final = "auth"
"""What `login` and `register` may be set by together."""

Limits = Mapping[str, Limit | None]
"""By group, and by route as in `GET /api/v1/users/me`; None is no limit."""

_MINUTE: Final = 60
_DAY: Final = 24 * 60 * _MINUTE

DEFAULTS: Final[Limits] = {
    LOGIN: Limit(10, 15 * _MINUTE),
    REGISTER: Limit(5, 15 * _MINUTE),
    API: Limit(100, _MINUTE),
    API_USER: Limit(100, _MINUTE),
    PUBLIC: Limit(600, _MINUTE),
    EMAIL_CHANGE: Limit(5, _DAY),
    PROOF: Limit(10, 15 * _MINUTE),
    LOGIN_ACCOUNT: Limit(10, 15 * _MINUTE),
    LOGIN_KNOWN: Limit(10, 15 * _MINUTE),
    LOGIN_NETWORK: Limit(1, 15 * _MINUTE),
    LOGIN_GLOBAL: Limit(1000, _MINUTE),
    LOGIN_GLOBAL_NETWORK: Limit(10, 15 * _MINUTE),
}
