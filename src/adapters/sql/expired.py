"""Purge of expired records in SQL.

What is removed is chosen and locked in a part of its own, once: an UPDATE or a lock that came in
between makes the choice be checked again on the row as it is then, and what somebody else has in
hand is left out. The oldest come first, by the index on their time.
"""

from adapters.sql.dialect import Query
from adapters.sql.executor import QueryExecutor, TransactionExecutor
from adapters.sql.mapping import Scalar
from application.maintenance.expiry import Amounts, Expiry
from application.ports.expired_reader import ExpiredReader
from application.ports.expired_records import ExpiredRecords

REMOVE_TOKENS = Query(
    "expired.remove",
    """
    WITH expired AS MATERIALIZED (
        SELECT t.digest FROM refresh_tokens t {index[refresh_tokens_by_expiry]}
        {join} sessions s ON s.id = t.session_id
        WHERE t.expires_at <= :now AND (
            s.expires_at <= :now OR t.expires_at <= :superseded AND t.generation < s.generation
        )
        ORDER BY t.expires_at LIMIT :limit {skip_locked_tokens}
    )
    DELETE FROM refresh_tokens WHERE digest IN (SELECT digest FROM expired) RETURNING 1
    """,
    Scalar(int),
)
COUNT_TOKENS = Query(
    "expired.count",
    """
    SELECT count(*) FROM refresh_tokens t {index[refresh_tokens_by_expiry]}
    {join} sessions s ON s.id = t.session_id
    WHERE t.expires_at <= :now AND (
        s.expires_at <= :now OR t.expires_at <= :superseded AND t.generation < s.generation
    )
    """,
    Scalar(int),
)
# No NOT EXISTS, which PostgreSQL's planner would answer by reading all tokens first.
REMOVE_SESSIONS = Query(
    "expired.remove",
    """
    WITH expired AS MATERIALIZED (
        SELECT id FROM sessions {index[sessions_by_expiry]}
        WHERE expires_at <= :now AND (
            SELECT t.digest FROM refresh_tokens t WHERE t.session_id = sessions.id LIMIT 1
        ) IS NULL
        ORDER BY expires_at LIMIT :limit {skip_locked}
    )
    DELETE FROM sessions WHERE id IN (SELECT id FROM expired) RETURNING 1
    """,
    Scalar(int),
)
COUNT_SESSIONS = Query(
    "expired.count",
    """
    SELECT count(*) FROM sessions {index[sessions_by_expiry]}
    WHERE expires_at <= :now AND NOT EXISTS (
        SELECT 1 FROM refresh_tokens t WHERE t.session_id = sessions.id AND t.expires_at > :now
    )
    """,
    Scalar(int),
)
REMOVE_RECORDS = Query(
    "expired.remove",
    """
    WITH expired AS MATERIALIZED (
        SELECT digest FROM idempotency_records WHERE expires_at <= :now
        ORDER BY expires_at LIMIT :limit {skip_locked}
    )
    DELETE FROM idempotency_records WHERE digest IN (SELECT digest FROM expired) RETURNING 1
    """,
    Scalar(int),
)
COUNT_RECORDS = Query(
    "expired.count",
    "SELECT count(*) FROM idempotency_records WHERE expires_at <= :now",
    Scalar(int),
)
REMOVE_ENTRIES = Query(
    "expired.remove",
    """
    WITH expired AS MATERIALIZED (
        SELECT id FROM audit_entries WHERE occurred_at < :audit_before
        ORDER BY occurred_at, id LIMIT :limit {skip_locked}
    )
    DELETE FROM audit_entries WHERE id IN (SELECT id FROM expired) RETURNING 1
    """,
    Scalar(int),
)
COUNT_ENTRIES = Query(
    "expired.count",
    "SELECT count(*) FROM audit_entries WHERE occurred_at < :audit_before",
    Scalar(int),
)


class SqlExpiredRecords(ExpiredRecords):
    def __init__(self, executor: TransactionExecutor) -> None:
        self._executor = executor

    async def remove(self, expiry: Expiry, at_most: int) -> Amounts:
        values = _values(expiry) | {"limit": at_most}

        async def remove(query: Query[int]) -> int:
            return len(await self._executor.all(query, **values))

        tokens = await remove(REMOVE_TOKENS)
        # While there are more tokens to go, sessions without any would have to be searched for.
        is_last = tokens < at_most
        return Amounts(
            refresh_tokens=tokens,
            sessions=await remove(REMOVE_SESSIONS) if is_last else 0,
            idempotency_records=await remove(REMOVE_RECORDS),
            audit_entries=await remove(REMOVE_ENTRIES),
        )


class SqlExpiredReader(ExpiredReader):
    def __init__(self, executor: QueryExecutor) -> None:
        self._executor = executor

    async def count(self, expiry: Expiry) -> Amounts:
        async def count(query: Query[int]) -> int:
            return (await self._executor.all(query, **_values(expiry)))[0]

        return Amounts(
            refresh_tokens=await count(COUNT_TOKENS),
            sessions=await count(COUNT_SESSIONS),
            idempotency_records=await count(COUNT_RECORDS),
            audit_entries=await count(COUNT_ENTRIES),
        )


def _values(expiry: Expiry) -> dict[str, object]:
    return {
        "now": expiry.now,
        "superseded": expiry.now - expiry.grace,
        "audit_before": expiry.audit_before,
    }
