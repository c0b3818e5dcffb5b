"""Dossiers: what sources say of them, who watches them, what is still to be told, and the work that the clock starts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """One way: a backup is the way back."""
    op.create_table(
        "dossiers",
        sa.Column("unit_id", sa.String(64), nullable=False),
        sa.Column("code", sa.String(48), nullable=False),
        sa.Column("procedure_code", sa.String(16), nullable=False),
        sa.Column("procedure_name", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("state_name", sa.String(120), nullable=False),
        sa.Column("received_at", MOMENT),
        sa.Column("due_at", MOMENT),
        sa.Column("due_before", MOMENT),
        sa.Column("finished_at", MOMENT),
        sa.Column("returned_at", MOMENT),
        sa.Column("applied", sa.String(8), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("staff", sa.Text(), nullable=False),
        sa.Column("phone", sa.String(43), nullable=False),
        sa.Column("phone_tail", sa.String(43), nullable=False),
        sa.Column("identity_tail", sa.String(43), nullable=False),
        sa.Column("requests", sa.SmallInteger(), nullable=False),
        sa.Column("as_of", MOMENT, nullable=False),
        sa.Column("until_at", MOMENT, nullable=False),
        sa.Column("import_id", sa.String(16), nullable=False),
        sa.Column("told_late", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("unit_id", "code", name="pk_dossiers"),
    )
    op.create_index("ix_dossiers_unit_id_due_at", "dossiers", ["unit_id", "due_at"])
    op.create_index("ix_dossiers_unit_id_state_as_of", "dossiers", ["unit_id", "state", "as_of"])
    op.create_table(
        "charges",
        sa.Column("unit_id", sa.String(64), nullable=False),
        sa.Column("code", sa.String(48), nullable=False),
        sa.Column("number", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("amount", sa.BigInteger()),
        sa.Column("due_at", MOMENT),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("by", sa.String(120), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("unit_id", "code", "number", name="pk_charges"),
    )
    op.create_table(
        "imports",
        sa.Column("unit_id", sa.String(64), nullable=False),
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("by", sa.String(120), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("until_at", MOMENT, nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("silent", sa.Boolean(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("older", sa.Integer(), nullable=False),
        sa.Column("doubtful", sa.Integer(), nullable=False),
        sa.Column("notices", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("unit_id", "id", name="pk_imports"),
    )
    op.create_index("ix_imports_unit_id_started_at", "imports", ["unit_id", "started_at"])
    op.create_table(
        "before_import",
        sa.Column("unit_id", sa.String(64), nullable=False),
        sa.Column("import_id", sa.String(16), nullable=False),
        sa.Column("code", sa.String(48), nullable=False),
        sa.Column("before", sa.Text()),
        sa.PrimaryKeyConstraint("unit_id", "import_id", "code", name="pk_before_import"),
    )
    op.create_table(
        "moves",
        sa.Column("unit_id", sa.String(64), nullable=False),
        sa.Column("code", sa.String(48), nullable=False),
        sa.Column("import_id", sa.String(16), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("from_state", sa.String(16), nullable=False),
        sa.Column("what", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("unit_id", "code", "import_id", name="pk_moves"),
    )
    op.create_index("ix_moves_unit_id_import_id", "moves", ["unit_id", "import_id"])
    op.create_table(
        "watches",
        sa.Column("unit_id", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("chat_id", sa.String(128), nullable=False),
        sa.Column("code", sa.String(48), nullable=False),
        sa.Column("label", sa.String(40), nullable=False),
        sa.Column("full", sa.Boolean(), nullable=False),
        sa.Column("pending", sa.Boolean(), nullable=False),
        sa.Column("reminders", sa.Boolean(), nullable=False),
        sa.Column("paid_said_at", MOMENT),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("told_on", sa.Date()),
        sa.Column("told_state", sa.String(16), nullable=False),
        sa.Column("reminded", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("unit_id", "channel", "account", "chat_id", "code", name="pk_watches"),
    )
    op.create_index("ix_watches_unit_id_code", "watches", ["unit_id", "code"])
    op.create_table(
        "consents",
        sa.Column("unit_id", sa.String(64), nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("chat_id", sa.String(128), nullable=False),
        sa.Column("purpose", sa.String(24), nullable=False),
        sa.Column("version", sa.String(24), nullable=False),
        sa.Column("given_at", MOMENT, nullable=False),
        sa.Column("withdrawn_at", MOMENT),
        sa.PrimaryKeyConstraint("unit_id", "id", name="pk_consents"),
    )
    op.create_index(
        "ix_consents_unit_id_channel_account_chat_id", "consents", ["unit_id", "channel", "account", "chat_id"]
    )
    op.create_table(
        "look_ups",
        sa.Column("unit_id", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("chat_id", sa.String(128), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("unit_id", "channel", "account", "chat_id", name="pk_look_ups"),
    )
    op.create_table(
        "wrong_tries",
        sa.Column("unit_id", sa.String(64), nullable=False),
        sa.Column("code", sa.String(48), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("chat_id", sa.String(128), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("unit_id", "code", "day", "channel", "account", "chat_id", name="pk_wrong_tries"),
    )
    op.create_index("ix_wrong_tries_unit_id_day", "wrong_tries", ["unit_id", "day"])
    op.create_table(
        "follow_codes",
        sa.Column("unit_id", sa.String(64), nullable=False),
        sa.Column("code", sa.String(48), nullable=False),
        sa.Column("mark", sa.String(43), nullable=False),
        sa.Column("by", sa.String(120), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT),
        sa.PrimaryKeyConstraint("unit_id", "code", "mark", name="pk_follow_codes"),
    )
    op.create_table(
        "calls",
        sa.Column("unit_id", sa.String(64), nullable=False),
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("code", sa.String(48), nullable=False),
        sa.Column("procedure", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("done_at", MOMENT),
        sa.Column("done_by", sa.String(120), nullable=False),
        sa.Column("outcome", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("unit_id", "id", name="pk_calls"),
    )
    op.create_index("ix_calls_unit_id_code", "calls", ["unit_id", "code"])
    op.create_index("ix_calls_unit_id_done_at", "calls", ["unit_id", "done_at"])
    op.create_table(
        "counts",
        sa.Column("unit_id", sa.String(64), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("unit_id", "name", "day", name="pk_counts"),
    )
    op.create_table(
        "sheet_maps",
        sa.Column("unit_id", sa.String(64), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("columns", sa.Text(), nullable=False),
        sa.Column("by", sa.String(120), nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("unit_id", "fingerprint", name="pk_sheet_maps"),
    )
    op.create_table(
        "jobs",
        sa.Column("unit_id", sa.String(64), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("holder", sa.String(200), nullable=False),
        sa.Column("held_until", MOMENT),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("unit_id", "name", name="pk_jobs"),
    )
    op.create_index("ix_jobs_unit_id_kind_due_at", "jobs", ["unit_id", "kind", "due_at"])
