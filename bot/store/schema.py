"""The tables. Every key starts with `unit_id`, so that the same tables can be spread over several databases by unit.

A chat counts its own lines (`chats.line`): a line is one message in or out, and its number is the key of the transcript row and of the
outbox row alike. So no sequence is shared, numbers say nothing about anybody else, and order within a chat is the order of the numbers.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
)
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, UTC on both databases. A naive one is refused: nobody knows what it means."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Into the database: UTC; without the zone on SQLite, which would store it as text and sort it wrong."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r}: a moment needs a time zone. Use datetime.now(UTC).")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Out of the database: aware, UTC."""
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def chat_key() -> list[Column[Any]]:
    return [
        Column("unit_id", String(64), primary_key=True),
        Column("channel", String(32), primary_key=True),
        Column("account", String(64), primary_key=True),
        Column("chat_id", String(128), primary_key=True),
    ]


chats = Table(
    "chats",
    metadata,
    *chat_key(),
    Column("state", Text, nullable=False, default=""),
    Column("language", String(8), nullable=False, default=""),
    Column("line", Integer, nullable=False, default=0),
    # Something waits for the citizen to write (the channel's window was shut).
    Column("held", Boolean, nullable=False, default=False),
    # An answer to a message that came late is still waiting; a newer message takes its place.
    Column("late", Boolean, nullable=False, default=False),
    # Erased, but for the line that says so; retention takes the rest.
    Column("forget", Boolean, nullable=False, default=False),
    # Nothing leaves before: the platform said so, or a reply is being tried again.
    Column("wait_until", UtcDateTime),
    Column("gone_at", UtcDateTime),
    Column("last_in_at", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Index(None, "unit_id", "last_in_at"),
    sqlite_with_rowid=False,
)

seen = Table(
    "seen",
    metadata,
    Column("unit_id", String(64), primary_key=True),
    Column("channel", String(32), primary_key=True),
    Column("account", String(64), primary_key=True),
    Column("update_id", String(128), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "unit_id", "at"),
    sqlite_with_rowid=False,
)

# What was said, both ways. Incoming text is masked before it comes here; an outgoing line holds the reply as JSON.
messages = Table(
    "messages",
    metadata,
    *chat_key(),
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("incoming", Boolean, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("text", Text, nullable=False, default=""),
    Column("payload", Text),
    Index(None, "unit_id", "at"),
)

outbox = Table(
    "outbox",
    metadata,
    *chat_key(),
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(16), nullable=False),
    Column("priority", SmallInteger, nullable=False),
    Column("payload", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("cancel_key", String(128)),
    Column("status", String(12), nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    # How many wire messages of this one have left, so that a new try goes on behind them.
    Column("parts", Integer, nullable=False, default=0),
    # Sent once without an answer and tried again: not a third time.
    Column("repeated", Boolean, nullable=False, default=False),
    Column("token", BigInteger),
    Column("done_at", UtcDateTime),
    Column("platform_id", String(128)),
    Column("error", String(200)),
    Index("ix_outbox_due", "unit_id", "channel", "account", "status", "priority", "due_at", "line"),
    Index(None, "unit_id", "cancel_key"),
    Index(None, "unit_id", "done_at"),
)

leases = Table(
    "leases",
    metadata,
    Column("unit_id", String(64), primary_key=True),
    Column("channel", String(32), primary_key=True),
    Column("account", String(64), primary_key=True),
    Column("holder", String(200), nullable=False),
    Column("token", BigInteger, nullable=False),
    Column("beat_at", UtcDateTime, nullable=False),
    sqlite_with_rowid=False,
)

# What was done: lines are only ever added. An officer is named in `detail`, a citizen never.
audit = Table(
    "audit",
    metadata,
    Column("unit_id", String(64), primary_key=True),
    Column("id", String(32), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("what", String(64), nullable=False),
    Column("detail", Text, nullable=False, default=""),
)

# What a unit (or, under the unit "", a province or the country) says beside the published facts. Rows are never deleted.
overrides = Table(
    "overrides",
    metadata,
    Column("unit_id", String(64), primary_key=True),
    Column("id", String(16), primary_key=True),
    Column("scope", String(12), nullable=False),
    Column("province", String(16), nullable=False, default=""),
    Column("code", String(16), nullable=False),
    Column("field", String(16), nullable=False),
    Column("value", Text, nullable=False),
    Column("amount", BigInteger),
    Column("source", Text, nullable=False, default=""),
    # Days in Vietnam, both included.
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("author", String(120), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    # The hash of the facts it was written for; another one now puts it among the conflicts.
    Column("base_hash", String(16), nullable=False),
    Column("state", String(12), nullable=False),
    Column("approver", String(120), nullable=False, default=""),
    Column("approved_at", UtcDateTime),
    Column("undone_by", String(120), nullable=False, default=""),
    Column("undone_at", UtcDateTime),
)

# How often something of a unit changed: read every few seconds by every process, so that nothing bigger has to be.
versions = Table(
    "versions",
    metadata,
    Column("unit_id", String(64), primary_key=True),
    Column("name", String(32), primary_key=True),
    Column("number", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
