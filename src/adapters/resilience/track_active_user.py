"""Records the active user of each authentication."""

from application.actor import Account
from application.context import bind_user
from application.ports.active_users import ActiveUsers
from application.session.authenticate import Authenticate
from application.use_case import UseCase


class TrackActiveUser(UseCase[Authenticate, Account]):
    """Lets the rest of the call know who asks, and counts them among the active."""

    def __init__(self, inner: UseCase[Authenticate, Account], active: ActiveUsers) -> None:
        self.inner = inner
        self._active = active

    async def __call__(self, command: Authenticate) -> Account:
        account = await self.inner(command)
        bind_user(account.user_id)
        self._active.record(account.user_id)
        return account
