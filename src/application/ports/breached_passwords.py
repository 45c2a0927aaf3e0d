"""Port: checks whether a password has leaked."""

from typing import Protocol

from application.ports.lifecycle import HealthCheck, Lifecycle
from domain.user.password import Password


class BreachedPasswords(Lifecycle, HealthCheck, Protocol):
    """Knows passwords that appeared in breaches (NIST SP 800-63B §3.1.1.2, blocklists).

    `is_shared` is whether it is a service elsewhere, which can be out of reach.
    """

    is_shared: bool = True

    async def contains(self, password: Password) -> bool:
        """Tell whether the password is known to have leaked.

        Nothing from which it could be found out leaves the process. Raises
        DependencyUnavailable when nobody can tell.
        """
        ...
