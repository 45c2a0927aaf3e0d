"""Who did what: the audit trail."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ID = postgresql.UUID().with_variant(sa.BLOB(), "sqlite")
TIME = sa.TIMESTAMP(timezone=True).with_variant(sa.INTEGER(), "sqlite")
FACTS = postgresql.JSONB().with_variant(sa.TEXT(), "sqlite")


def upgrade() -> None:
    # Refers to no account by a foreign key: an entry outlives what it tells of.
    op.create_table(
        "audit_entries",
        sa.Column("id", ID, primary_key=True),
        sa.Column("occurred_at", TIME, nullable=False),
        sa.Column("type", sa.TEXT(), nullable=False),
        sa.Column("actor_id", ID),
        sa.Column("operator", sa.TEXT()),
        sa.Column("user_id", ID),
        sa.Column("client_address", sa.TEXT()),
        sa.Column("user_agent", sa.TEXT()),
        sa.Column("request_id", sa.TEXT(), nullable=False),
        sa.Column("details", FACTS, nullable=False),
        sa.CheckConstraint(
            "actor_id IS NULL OR operator IS NULL", name="audit_entries_have_one_actor"
        ),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
    # Pages go down one of these; what is too old is at the other end of the first.
    op.create_index("audit_entries_by_time", "audit_entries", ["occurred_at", "id"])
    op.create_index("audit_entries_by_user", "audit_entries", ["user_id", "occurred_at", "id"])
    op.create_index("audit_entries_by_type", "audit_entries", ["type", "occurred_at", "id"])


def downgrade() -> None:
    op.drop_table("audit_entries")
