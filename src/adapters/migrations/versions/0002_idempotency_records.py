"""Which requests were carried out, for those that are sent again."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = postgresql.UUID().with_variant(sa.BLOB(), "sqlite")
MAC = postgresql.BYTEA().with_variant(sa.BLOB(), "sqlite")
TIME = sa.TIMESTAMP(timezone=True).with_variant(sa.INTEGER(), "sqlite")


def upgrade() -> None:
    # Checked at the commit, since a key is claimed before its user is stored.
    user = sa.ForeignKey("users.id", deferrable=True, initially="DEFERRED")
    op.create_table(
        "idempotency_records",
        sa.Column("digest", MAC, primary_key=True),
        sa.Column("fingerprint", MAC, nullable=False),
        sa.Column("user_id", ID, user, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.CheckConstraint(
            "length(digest) = 32 AND length(fingerprint) = 32", name="idempotency_records_are_macs"
        ),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
    op.create_index("idempotency_records_by_expiry", "idempotency_records", ["expires_at"])


def downgrade() -> None:
    op.drop_table("idempotency_records")
