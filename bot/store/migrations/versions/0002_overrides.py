"""Overrides: what units and provinces say beside the published facts; and the numbers by which processes see that they changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """One way: a backup is the way back."""
    op.create_table(
        "overrides",
        sa.Column("unit_id", sa.String(64), nullable=False),
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("scope", sa.String(12), nullable=False),
        sa.Column("province", sa.String(16), nullable=False),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("field", sa.String(16), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger()),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date()),
        sa.Column("valid_to", sa.Date()),
        sa.Column("author", sa.String(120), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("base_hash", sa.String(16), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("approver", sa.String(120), nullable=False),
        sa.Column("approved_at", MOMENT),
        sa.Column("undone_by", sa.String(120), nullable=False),
        sa.Column("undone_at", MOMENT),
        sa.PrimaryKeyConstraint("unit_id", "id", name="pk_overrides"),
    )
    op.create_table(
        "versions",
        sa.Column("unit_id", sa.String(64), nullable=False),
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("unit_id", "name", name="pk_versions"),
        sqlite_with_rowid=False,
    )
