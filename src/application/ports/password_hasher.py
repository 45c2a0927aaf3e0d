"""Port: hashes and verifies passwords."""

from typing import Final, Protocol

from application.ports.lifecycle import Lifecycle
from application.ports.load import Loaded
from domain.user.password import Password

IMPORT_FACTOR: Final = 4
"""A hash of another system costs at most this many times the live parameters: their memory, and
their time. All that are verified at the same time take no more memory than one such hash."""


class PasswordHasher(Lifecycle, Loaded, Protocol):
    """Turns passwords into what may be stored (OWASP Password Storage Cheat Sheet).

    Hashing takes tens of milliseconds of a core; an adapter does it off the event loop, on a
    bounded number of threads with a bounded queue, and raises DependencyUnavailable past that.
    Hashes that cost more than live ones keep nobody waiting whose hash is a live one.
    """

    async def hash(self, password: Password) -> str:
        """Hash with a fresh salt; two calls never give the same string."""
        ...

    async def verify(self, password: Password, stored: str | None) -> bool:
        """Tell whether `stored` was made from `password`.

        With None, for an account that does not exist, the answer is False after the same work
        on a dummy hash made with the live parameters. A string that this hasher cannot read is
        never the hash of anything, and costs the same.
        """
        ...

    def objection(self, stored: str) -> str | None:
        """Tell why a hash of another system cannot be taken over, None when it can.

        One that `verify` cannot read, or that costs more than IMPORT_FACTOR times a live one.
        What was stored before is verified all the same.
        """
        ...

    def needs_rehash(self, stored: str) -> bool:
        """Tell whether `stored` was made with other parameters than the live ones."""
        ...
