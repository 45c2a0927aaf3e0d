"""List accounts."""

from dataclasses import dataclass
from uuid import UUID

from application.actor import Actor, require_admin
from application.pagination import DEFAULT_LIMIT, MAX_LIMIT, Cursors, Page
from application.ports.user_reader import UserReader
from application.user.views import UserQuery, UserView
from domain.errors import ValidationFailed
from domain.text import has_control
from domain.user.email import MAX_BYTES, EmailAddress


@dataclass(frozen=True, slots=True, kw_only=True)
class ListUsers:
    """A page of accounts, the newest first; filters that are None let everything through."""

    actor: Actor
    limit: int = DEFAULT_LIMIT
    cursor: str | None = None
    email_prefix: str | None = None
    is_active: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListUsersHandler:
    """Give a page; accounts registered meanwhile never move what comes after a cursor."""

    users: UserReader
    cursors: Cursors

    async def __call__(self, command: ListUsers) -> Page[UserView]:
        require_admin(command.actor)
        if not 1 <= command.limit <= MAX_LIMIT:
            raise ValidationFailed.of("limit", f"A page has 1 to {MAX_LIMIT} users.")
        prefix = self._prefix(command.email_prefix)
        filters = f"users|{command.is_active}|{prefix}"
        query = UserQuery(
            limit=command.limit + 1,
            before=self._before(command.cursor, filters),
            email_prefix=prefix,
            is_active=command.is_active,
        )
        found = await self.users.page(query)
        items, rest = found[: command.limit], found[command.limit :]
        return Page(items, self.cursors.write(items[-1].id, filters) if rest else None)

    def _before(self, cursor: str | None, filters: str) -> UUID | None:
        return None if cursor is None else self.cursors.read(cursor, filters)

    @staticmethod
    def _prefix(text: str | None) -> str | None:
        if text is None:
            return None
        wrong = "This is not the beginning of an address."
        EmailAddress.BOUND.check(text, "email_prefix", wrong)
        prefix = text.strip().lower()
        if has_control(prefix) or len(prefix) > MAX_BYTES:
            raise ValidationFailed.of("email_prefix", wrong)
        return prefix or None
