"""The limits by name, and what they are unless `RATE_LIMITS` says otherwise."""

from collections.abc import Mapping
from typing import Final

from application.ports.rate_limiter import Limit

AUTH: Final = "auth"
"""Signing up and logging in: each of these routes for itself, per address."""
API: Final = "api"
"""All other routes together, per address."""
API_USER: Final = "api-user"
"""The same per user, once that is known; as `api` unless it is set."""
LOGIN_ACCOUNT: Final = "login-account"
"""Log-ins that fail, per account, whether there is one or not."""
LOGIN_GLOBAL: Final = "login-global"
"""Log-ins that fail, of all accounts together."""
PROOF: Final = "password-proof"
"""Wrong passwords of somebody who is logged in, per account."""

Limits = Mapping[str, Limit | None]
"""By group, and by route as in `GET /api/v1/users/me`; None is no limit."""

_MINUTE: Final = 60

DEFAULTS: Final[Limits] = {
    AUTH: Limit(5, 15 * _MINUTE),
    API: Limit(100, _MINUTE),
    API_USER: Limit(100, _MINUTE),
    LOGIN_ACCOUNT: Limit(10, 15 * _MINUTE),
    LOGIN_GLOBAL: Limit(1000, _MINUTE),
    PROOF: Limit(10, 15 * _MINUTE),
}
