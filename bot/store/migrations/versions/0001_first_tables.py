"""The first tables: chats, seen updates, transcript, outbox, leases, audit.

Written out rather than taken from `schema.py`: this is what revision 0001 was, whatever the schema becomes.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

MOMENT = sa.DateTime(timezone=True)


def _chat_key() -> list[sa.Column[Any]]:
    return [
        sa.Column("unit_id", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("chat_id", sa.String(128), nullable=False),
    ]


def upgrade() -> None:
    """One way: a backup is the way back."""
    op.create_table(
        "chats",
        *_chat_key(),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("forget", sa.Boolean(), nullable=False),
        sa.Column("wait_until", MOMENT),
        sa.Column("gone_at", MOMENT),
        sa.Column("last_in_at", MOMENT),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("unit_id", "channel", "account", "chat_id", name="pk_chats"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_chats_unit_id_last_in_at", "chats", ["unit_id", "last_in_at"])
    op.create_table(
        "seen",
        sa.Column("unit_id", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("update_id", sa.String(128), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("unit_id", "channel", "account", "update_id", name="pk_seen"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_seen_unit_id_at", "seen", ["unit_id", "at"])
    op.create_table(
        "messages",
        *_chat_key(),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("incoming", sa.Boolean(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text()),
        sa.PrimaryKeyConstraint("unit_id", "channel", "account", "chat_id", "line", name="pk_messages"),
    )
    op.create_index("ix_messages_unit_id_at", "messages", ["unit_id", "at"])
    op.create_table(
        "outbox",
        *_chat_key(),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("cancel_key", sa.String(128)),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("repeated", sa.Boolean(), nullable=False),
        sa.Column("token", sa.BigInteger()),
        sa.Column("done_at", MOMENT),
        sa.Column("platform_id", sa.String(128)),
        sa.Column("error", sa.String(200)),
        sa.PrimaryKeyConstraint("unit_id", "channel", "account", "chat_id", "line", name="pk_outbox"),
    )
    op.create_index(
        "ix_outbox_due", "outbox", ["unit_id", "channel", "account", "status", "priority", "due_at", "line"]
    )
    op.create_index("ix_outbox_unit_id_cancel_key", "outbox", ["unit_id", "cancel_key"])
    op.create_index("ix_outbox_unit_id_done_at", "outbox", ["unit_id", "done_at"])
    op.create_table(
        "leases",
        sa.Column("unit_id", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("holder", sa.String(200), nullable=False),
        sa.Column("token", sa.BigInteger(), nullable=False),
        sa.Column("beat_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("unit_id", "channel", "account", name="pk_leases"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "audit",
        sa.Column("unit_id", sa.String(64), nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("what", sa.String(64), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("unit_id", "id", name="pk_audit"),
    )
