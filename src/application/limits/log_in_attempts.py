"""Brute force protection of the log-in: who counts against which budget (decision 31)."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from types import TracebackType
from typing import Final, Self

from application.commits import shield_to_completion
from application.context import call_context
from application.errors import RateLimitExceeded
from application.limits.attempt_queue import AttemptQueue
from application.limits.groups import (
    LOGIN,
    LOGIN_ACCOUNT,
    LOGIN_GLOBAL,
    LOGIN_GLOBAL_NETWORK,
    LOGIN_KNOWN,
    LOGIN_NETWORK,
)
from application.limits.known_devices import Device, KnownDevices
from application.limits.password_guesses import TOO_MANY, PasswordGuesses, is_guess
from application.limits.subject import network_of, subject_of
from application.ports.clock import Clock
from application.ports.credential_reader import Credentials
from application.ports.rate_limiter import Hit, Limit, Rule, Ruling

NETWORK_MEMORY: Final = timedelta(days=30)
"""How long an account knows a network after the last use of a session from there."""

_AT_ONCE: Final = Limit(20, 60)
"""Unfinished log-ins of an address. A place that a killed process had is free after the 60 s."""
_PLACE: Final = "login-unfinished"
_PATIENCE: Final = 10.0
_SHARE: Final = 0.8
"""Of the time until the deadline that a caller waits for a place; the rest is for the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogInAttempts:
    """Begins log-ins.

    Nobody can shut out an account with wrong passwords: callers that are known to it, by their
    device or their network, have budgets that nobody else can use up, and each unknown network has
    one more when that of all the unknown is used up.
    """

    guesses: PasswordGuesses
    devices: KnownDevices
    clock: Clock
    queue: AttemptQueue = field(default_factory=AttemptQueue, init=False)

    async def begin(self, email_key: str, device_token: str | None = None) -> "Attempt":
        """Begin a log-in, before anything is looked up; raises RateLimitExceeded.

        A device that is known to the account counts for itself. For anybody else the failures of
        the address are tested, and they wait while it has too many log-ins that are unfinished.
        """
        device = self.devices.read(device_token, self.clock.now())
        if device is not None and not self.devices.is_known(device, email_key):
            device = None
        attempt = Attempt(self, email_key, device, call_context.get().client_address)
        await attempt.enter()
        return attempt


class Attempt:
    """One log-in: entered before the look-up, counted after it, settled when it is left.

    Three round trips to the limiter: `enter`, `count` (none for a known device), and the end.
    """

    def __init__(
        self, attempts: LogInAttempts, email_key: str, device: Device | None, address: str | None
    ) -> None:
        self._guesses = attempts.guesses
        self._devices = attempts.devices
        self._queue = attempts.queue
        self._email_key = email_key
        self._device = device
        # A command line has no address: whoever can use one is no stranger.
        self._subject = None if address is None else subject_of(address)
        self._place: tuple[Hit, ...] = ()
        self._budgets: tuple[Hit, ...] = ()
        self.network = network_of(address)

    async def enter(self) -> None:
        """Count the attempt by what is known without a look-up; raises RateLimitExceeded."""
        if self._device is None:
            await self._enter_by_address(self._subject)
            return
        rules = self._guesses.rules(LOGIN_KNOWN, self._email_key, self._device.id.hex())
        self._budgets = (await self._guesses.hit(rules)).hits

    async def count(self, found: Credentials | None) -> None:
        """Take the budget that applies, equally for accounts that there are not.

        Raises RateLimitExceeded.
        """
        guesses, key = self._guesses, self._email_key
        if self._device is not None:
            if found is not None and self._devices.is_owner(
                self._device, key, found.user_id, found.password_hash
            ):
                return
            # The address has another owner now, or another password: it is anybody's device.
            await shield_to_completion(guesses.limiter.give_back(self._budgets))
            self._device, self._budgets = None, ()
            await self._enter_by_address(self._subject)
        knows_network = found is not None and found.knows_network
        choices = self._known_budgets() if knows_network else self._unknown_budgets()
        self._budgets = (await guesses.hit(*choices)).hits

    async def __aenter__(self) -> Self:
        """Look up, `count` and check the password inside."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        give_back = self._guesses.limiter.give_back
        if not is_guess(error):
            await shield_to_completion(give_back((*self._place, *self._budgets)))
        elif self._place and self._subject is not None:
            failed = self._address_rules(self._subject)
            await shield_to_completion(give_back(self._place, instead=failed))
        if self._subject is not None:
            self._queue.release(self._subject)

    def _known_budgets(self) -> tuple[list[Rule], ...]:
        rules, everybody = self._guesses.rules, self._guesses.rules(LOGIN_GLOBAL)
        own = rules(LOGIN_KNOWN, self._email_key, self.network or "")
        return [*own, *everybody], own

    def _unknown_budgets(self) -> tuple[list[Rule], ...]:
        rules, everybody = self._guesses.rules, self._guesses.rules(LOGIN_GLOBAL)
        account = rules(LOGIN_ACCOUNT, self._email_key)
        if self.network is None:
            return ([*account, *everybody],)
        once = rules(LOGIN_NETWORK, self._email_key, self.network)
        choices = [*account, *everybody], [*once, *everybody]
        if not everybody:
            return choices
        crowd = rules(LOGIN_GLOBAL_NETWORK, self.network)
        return *choices, [*account, *crowd], [*once, *crowd]

    def _address_rules(self, subject: str, cost: int = 1) -> list[Rule]:
        limit = self._guesses.limits.get(LOGIN)
        return [] if limit is None else [Rule(LOGIN, f"{LOGIN}|address|{subject}", limit, cost)]

    async def _enter_by_address(self, subject: str | None) -> None:
        tested = [] if subject is None else self._address_rules(subject, cost=0)
        if subject is None or not tested:
            return
        place = Rule(_PLACE, f"{_PLACE}|{subject}", _AT_ONCE)
        ruling = await self._queue.enter(
            subject,
            lambda: self._ask([*tested, place]),
            lambda ruling: ruling.blocked == (_PLACE,),
            call_context.get().bound(_PATIENCE / _SHARE) * _SHARE,
        )
        if ruling is None:
            raise RateLimitExceeded("Too many log-ins at once. Please try again shortly.")
        if not ruling.is_allowed:
            quotas = tuple(quota for quota in ruling.quotas if quota.name != _PLACE)
            raise RateLimitExceeded.of(ruling._replace(quotas=quotas), TOO_MANY)
        self._place = ruling.hits

    async def _ask(self, rules: Sequence[Rule]) -> Ruling:
        """Hit; whoever is cancelled meanwhile gives back what was counted."""
        task = asyncio.ensure_future(self._guesses.limiter.hit(rules))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            await shield_to_completion(self._undo(task))
            raise

    async def _undo(self, task: asyncio.Task[Ruling]) -> None:
        await asyncio.wait({task})
        if not task.cancelled() and task.exception() is None:
            await self._guesses.limiter.give_back(task.result().hits)
