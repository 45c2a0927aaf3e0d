"""Accounts in SQL."""

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from adapters.sql.dialect import Query, Write
from adapters.sql.executor import QueryExecutor, TransactionExecutor
from adapters.sql.mapping import FIRST_ID, LAST_ID, Mapper, Scalar
from adapters.sql.sessions import LOCK_ACTING_SESSION
from application.actor import Account
from application.audit.types import AuditType
from application.ports.account_stream import AccountStream
from application.ports.credential_reader import CredentialReader, Credentials
from application.ports.user_reader import UserReader
from application.ports.user_repository import InsertResult, Locked, UserRepository
from application.user.views import UserQuery, UserView
from domain.user.user import User

_ABOVE_ALL: Final = "\U0010ffff"
_FEW: Final = 20_000
"""So many matches of a prefix are counted and sorted in some 10 to 20 ms."""

USER = Mapper(User, split={"email": ("email", "email_key")})
USER_VIEW = Mapper(UserView)

ADD_USER = Write("users.add", "INSERT INTO users ({columns}) VALUES ({values})", USER)
SAVE_USER = Write("users.save", "UPDATE users SET {changes} WHERE id = :id", USER)
LOCK_USER = Query(
    "users.lock", "SELECT {row} FROM users WHERE id = :id AND closed_at IS NULL {lock}", USER
)
# All in one statement and in the order of the ids, so that two who lock them cannot each wait for
# the other: an account locked afterwards would be out of that order, even if it was an admin until
# a moment ago.
LOCK_USERS = Query(
    "users.lock",
    """
    SELECT {row} FROM users WHERE id IN (:id, :actor_id) AND closed_at IS NULL ORDER BY id {lock}
    """,
    USER,
)
# SQLite would read all active users for an OR. Its condition is word for word that of the index.
LOCK_USERS_AND_ADMINS = Query(
    "users.lock",
    """
    SELECT {row} FROM users
    WHERE closed_at IS NULL
      AND ((is_active AND roles @> ARRAY['admin'::text]) OR id IN (:id, :actor_id))
    ORDER BY id {lock}
    """,
    USER,
    sqlite="""
    SELECT {row} FROM users WHERE closed_at IS NULL AND id IN (
        SELECT id FROM users INDEXED BY users_active_admins
        WHERE is_active = 1 AND closed_at IS NULL AND instr(roles, '"admin"') > 0
        UNION SELECT :id UNION SELECT :actor_id
    )
    ORDER BY id
    """,
)

# Without a target, so that an id that is taken is no error either. PostgreSQL inserts what was
# copied into a temporary table, in the order of the addresses: two who import the same wait for
# each other and do not deadlock.
ADD_NEW_USERS = Query(
    "users.add_new",
    """
    INSERT INTO users ({columns}) VALUES ({values}) ON CONFLICT DO NOTHING RETURNING id
    """,
    Scalar(UUID),
    entity=USER,
    postgresql="""
    INSERT INTO users ({columns}) SELECT {columns} FROM pg_temp.incoming ORDER BY email_key
    ON CONFLICT DO NOTHING RETURNING id
    """,
)
# By what few entries a user has: after an import, all users have one of that type. PostgreSQL's
# planner would rather read those of the type, all of them, but for OFFSET and the concatenation.
IMPORTED_KEYS = Query(
    "users.imported",
    """
    SELECT email_key FROM json_each(:keys) CROSS JOIN users INDEXED BY users_email_key
        ON email_key = value
    WHERE closed_at IS NULL AND EXISTS (
        SELECT 1 FROM audit_entries INDEXED BY audit_entries_by_user
        WHERE audit_entries.user_id = users.id AND audit_entries.type = :type
    )
    """,
    Scalar(str),
    postgresql="""
    SELECT email_key FROM users
    WHERE email_key = ANY(:keys) AND closed_at IS NULL AND EXISTS (
        SELECT 1 FROM audit_entries WHERE user_id = users.id AND type || '' = :type OFFSET 0
    )
    """,
)

GET_USER = Query(
    "users.get", "SELECT {row} FROM users WHERE id = :id AND closed_at IS NULL", USER_VIEW
)
FIND_USER = Query(
    "users.find_by_email",
    "SELECT {row} FROM users WHERE email_key = :key AND closed_at IS NULL",
    USER_VIEW,
)

# A page is found in one of two ways, and the number of matches says which: if they are few, all
# their ids are taken from the index of addresses and sorted; if many, enough of them are met soon
# when walking down the ids. Neither planner can tell: SQLite does not look at the bounds, and
# PostgreSQL takes the matches to be spread evenly, where a block of addresses that were imported
# long ago would take it through the whole table.
COUNT_PREFIX = Query(
    "users.page",
    """
    SELECT count(*) FROM (
        SELECT 1 FROM users {index[users_by_email]}
        WHERE email_key >= :low AND email_key < :high AND closed_at IS NULL LIMIT :most
    ) AS matching
    """,
    Scalar(int),
    plan_anew=True,
)
PAGE_OF_FEW = Query(
    "users.page",
    """
    WITH matching AS MATERIALIZED (
        SELECT id FROM users {index[users_by_email]}
        WHERE email_key >= :low AND email_key < :high AND closed_at IS NULL
          AND is_active IN (:active, :or_active) AND id < :before
    )
    SELECT {row} FROM users
    WHERE id IN (SELECT id FROM matching ORDER BY id DESC LIMIT :limit)
    ORDER BY id DESC
    """,
    USER_VIEW,
    plan_anew=True,
)
PAGE = Query(
    "users.page",
    """
    SELECT {row} FROM users
    WHERE closed_at IS NULL AND id < :before
      AND {no_index}email_key >= :low AND {no_index}email_key < :high
    ORDER BY id DESC LIMIT :limit
    """,
    USER_VIEW,
    plan_anew=True,
)
PAGE_BY_STATE = Query(
    "users.page",
    """
    SELECT {row} FROM users {index[users_by_state]}
    WHERE closed_at IS NULL AND is_active = :active AND id < :before
      AND {no_index}email_key >= :low AND {no_index}email_key < :high
    ORDER BY id DESC LIMIT :limit
    """,
    USER_VIEW,
    plan_anew=True,
)


class _Found(NamedTuple):
    """`user_id` is None where there is no such account."""

    user_id: UUID | None
    password_hash: str
    is_active: bool
    knows_network: bool


# One row and the same look-ups whether there is such an account or not.
CREDENTIALS_BY_EMAIL = Query(
    "credentials.by_email",
    """
    SELECT u.id, u.password_hash, u.is_active, EXISTS (
        SELECT 1 FROM sessions s
        WHERE s.user_id = coalesce(u.id, :nobody)
          AND s.network = :network AND s.last_used_at > :since
    )
    FROM (SELECT 1) AS one
    LEFT JOIN users u ON u.email_key = :key AND u.closed_at IS NULL
    """,
    Mapper(_Found),
)
CREDENTIALS_BY_ID = Query(
    "credentials.by_id",
    """
    SELECT id, password_hash, is_active, false FROM users WHERE id = :id AND closed_at IS NULL
    """,
    Mapper(_Found),
)
STREAM = Query(
    "users.stream",
    "SELECT {row} FROM users WHERE id > :after AND closed_at IS NULL ORDER BY id LIMIT :limit",
    USER,
)


class SqlUserRepository(UserRepository):
    def __init__(self, executor: TransactionExecutor) -> None:
        self._executor = executor

    async def add(self, user: User) -> None:
        await self._executor.run(ADD_USER, user)

    async def add_new(self, users: Sequence[User]) -> tuple[InsertResult, ...]:
        added = await self._executor.insert_new(ADD_NEW_USERS, "users", users)
        self._executor.aggregates += (user for user in users if user.id in added)
        rest = [user.email.key for user in users if user.id not in added]
        imported = {*await self._imported(rest)} if rest else set()
        return tuple(
            InsertResult.ADDED
            if user.id in added
            else (
                InsertResult.ALREADY_IMPORTED if user.email.key in imported else InsertResult.TAKEN
            )
            for user in users
        )

    async def get(self, user_id: UUID) -> User | None:
        return await self._executor.one(LOCK_USER, id=user_id)

    async def save(self, user: User) -> None:
        await self._executor.run(SAVE_USER, user)

    async def lock(
        self, user_id: UUID, *, by: Account | None = None, with_active_admins: bool = False
    ) -> Locked:
        lock = LOCK_USERS_AND_ADMINS if with_active_admins else LOCK_USERS
        actor_id = by.user_id if by else user_id
        # In one round trip: the session is read under the locks of the accounts.
        found, *sessions = await self._executor.together(
            *([lock, LOCK_ACTING_SESSION] if by else [lock]),
            id=user_id,
            actor_id=actor_id,
            session_id=by and by.session_id,
        )
        users = {user.id: user for user in found}
        admins = (user.id for user in found if user.is_active_admin)
        return Locked(
            user=users.get(user_id),
            actor=users.get(actor_id) if by else None,
            session=sessions[0][0] if sessions and sessions[0] else None,
            active_admins=frozenset(admins) if with_active_admins else frozenset(),
        )

    async def _imported(self, keys: Sequence[str]) -> list[str]:
        return await self._executor.all(IMPORTED_KEYS, keys=keys, type=AuditType.USER_IMPORTED)


class SqlUserReader(UserReader):
    def __init__(self, executor: QueryExecutor) -> None:
        self._executor = executor

    async def get(self, user_id: UUID) -> UserView | None:
        return await self._executor.one(GET_USER, id=user_id)

    async def find_by_email(self, key: str) -> UserView | None:
        return await self._executor.one(FIND_USER, key=key) if _can_be_key(key) else None

    async def page(self, query: UserQuery) -> tuple[UserView, ...]:
        prefix = query.email_prefix or ""
        if not _can_be_key(prefix):
            return ()
        states = (True, False) if query.is_active is None else (query.is_active, query.is_active)
        bounds = {"low": prefix, "high": prefix + _ABOVE_ALL}
        statement = PAGE if query.is_active is None else PAGE_BY_STATE
        if prefix:
            (matches,) = await self._executor.all(COUNT_PREFIX, **bounds, most=_FEW + 1)
            statement = PAGE_OF_FEW if matches <= _FEW else statement
        found = await self._executor.all(
            statement,
            **bounds,
            before=query.before or LAST_ID,
            active=states[0],
            or_active=states[1],
            limit=query.limit,
        )
        return tuple(found)


class SqlCredentialReader(CredentialReader):
    def __init__(self, executor: QueryExecutor) -> None:
        self._executor = executor

    async def by_email(self, key: str, network: str | None, since: datetime) -> Credentials | None:
        if not _can_be_key(key):
            return None
        return _credentials(
            await self._executor.one(
                CREDENTIALS_BY_EMAIL, key=key, network=network, since=since, nobody=FIRST_ID
            )
        )

    async def by_id(self, user_id: UUID) -> Credentials | None:
        return _credentials(await self._executor.one(CREDENTIALS_BY_ID, id=user_id))


class SqlAccountStream(AccountStream):
    def __init__(self, executor: QueryExecutor) -> None:
        self._executor = executor

    async def pages(self, size: int) -> AsyncIterator[tuple[User, ...]]:
        pages = self._executor.pages(STREAM, lambda user: user.id, after=FIRST_ID, limit=size)
        async with aclosing(pages):
            async for page in pages:
                yield tuple(page)


def _can_be_key(text: str) -> bool:
    """Whether addresses can have this comparison key: they are ASCII, with no NUL."""
    return text.isascii() and "\0" not in text


def _credentials(found: _Found | None) -> Credentials | None:
    if found is None or found.user_id is None:
        return None
    return Credentials(
        user_id=found.user_id,
        password_hash=found.password_hash,
        is_active=found.is_active,
        knows_network=found.knows_network,
    )
