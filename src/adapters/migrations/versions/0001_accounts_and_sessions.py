"""Accounts, their sessions, and the refresh tokens of those."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = postgresql.UUID().with_variant(sa.BLOB(), "sqlite")
DIGEST = postgresql.BYTEA().with_variant(sa.BLOB(), "sqlite")
TIME = sa.TIMESTAMP(timezone=True).with_variant(sa.INTEGER(), "sqlite")
FLAG = sa.BOOLEAN().with_variant(sa.INTEGER(), "sqlite")
NAMES = postgresql.ARRAY(sa.TEXT()).with_variant(sa.TEXT(), "sqlite")
# By bytes, so that the addresses with one prefix lie side by side in the index.
KEY = sa.TEXT(collation="C").with_variant(sa.TEXT(), "sqlite")
# Rows lie in the order of their key, and a column takes nothing but its type.
SQLITE = {"sqlite_with_rowid": False, "sqlite_strict": True}


def upgrade() -> None:
    create_users()
    create_sessions()
    create_refresh_tokens()


def downgrade() -> None:
    op.drop_table("refresh_tokens")
    op.drop_table("sessions")
    op.drop_table("users")


def create_users() -> None:
    op.create_table(
        "users",
        sa.Column("id", ID, primary_key=True),
        sa.Column("email", sa.TEXT(), nullable=False),
        sa.Column("email_key", KEY, nullable=False),
        sa.Column("name", sa.TEXT()),
        sa.Column("bio", sa.TEXT()),
        sa.Column("website", sa.TEXT()),
        sa.Column("password_hash", sa.TEXT(), nullable=False),
        sa.Column("roles", NAMES, nullable=False),
        sa.Column("is_active", FLAG, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.Column("closed_at", TIME),
        sa.CheckConstraint(
            "closed_at IS NULL OR (password_hash = '' AND name IS NULL AND bio IS NULL"
            " AND website IS NULL)",
            name="users_closed_keep_nothing",
        ),
        **SQLITE,
    )
    is_open = sa.text("closed_at IS NULL")
    op.create_index(
        "users_email_key",
        "users",
        ["email_key"],
        unique=True,
        postgresql_where=is_open,
        sqlite_where=is_open,
        # A search by prefix reads nothing but the index.
        postgresql_include=["id", "is_active"],
    )
    if op.get_context().dialect.name == "sqlite":
        # As above, where a unique index can have no more columns than are unique.
        op.create_index("users_by_email", "users", ["email_key", "is_active", "closed_at"])
    index("users_by_state", "users", ["is_active", "id"], is_open, is_open)
    index(
        "users_active_admins",
        "users",
        ["id"],
        sa.text("is_active AND closed_at IS NULL AND roles @> ARRAY['admin'::text]"),
        sa.text("is_active = 1 AND closed_at IS NULL AND instr(roles, '\"admin\"') > 0"),
    )


def create_sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", ID, primary_key=True),
        sa.Column("user_id", ID, sa.ForeignKey("users.id"), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("last_used_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("ended_at", TIME),
        sa.Column("end_reason", sa.TEXT()),
        sa.Column("generation", sa.INTEGER(), nullable=False),
        sa.Column("siblings", sa.INTEGER(), nullable=False),
        sa.Column("client_address", sa.TEXT()),
        sa.Column("user_agent", sa.TEXT()),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (end_reason IS NULL)", name="sessions_end_for_a_reason"
        ),
        sa.CheckConstraint("generation >= 0 AND siblings >= 1", name="sessions_count_up"),
        **SQLITE,
    )
    running = sa.text("ended_at IS NULL")
    index("sessions_running", "sessions", ["user_id", "created_at"], running, running)
    op.create_index("sessions_by_user", "sessions", ["user_id"])
    # What has expired is looked for by time, whether it was ended or not.
    op.create_index("sessions_by_expiry", "sessions", ["expires_at"])


def create_refresh_tokens() -> None:
    op.create_table(
        "refresh_tokens",
        sa.Column("digest", DIGEST, primary_key=True),
        sa.Column(
            "session_id", ID, sa.ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("generation", sa.INTEGER(), nullable=False),
        sa.Column("issued_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.CheckConstraint("length(digest) = 32", name="refresh_tokens_are_digests"),
        sa.CheckConstraint("generation >= 0", name="refresh_tokens_count_up"),
        **SQLITE,
    )
    # Gives when a generation began, which is when the one before it was superseded.
    op.create_index(
        "refresh_tokens_by_generation",
        "refresh_tokens",
        ["session_id", "generation", "issued_at"],
    )
    op.create_index("refresh_tokens_by_expiry", "refresh_tokens", ["expires_at"])


def index(
    name: str,
    table: str,
    columns: list[str],
    on_postgres: sa.TextClause,
    on_sqlite: sa.TextClause,
) -> None:
    """Create a partial index; the condition is each engine's own."""
    op.create_index(
        name,
        table,
        columns,
        postgresql_where=on_postgres,
        sqlite_where=on_sqlite,
    )
