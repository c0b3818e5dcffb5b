"""What is kept only for a while goes, in small steps: each is its own short transaction, so that no citizen waits behind a clean-up.

The periods are settings (bot/settings.py); the shipped ones follow from what each thing is for: text for the page and /dulieu, update ids
for as long as a platform may deliver again, sent rows for looking into a complaint.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, delete, exists, or_, select, tuple_, update

from bot.store.dossier_tables import watches
from bot.store.schema import chats, messages, outbox, seen

STEP = 500  # rows a transaction: under 50 ms of the one writer
FORGOTTEN = timedelta(hours=1)  # how long the line "everything is erased" can still be read


@dataclass(frozen=True, slots=True)
class Keep:
    """How long things are kept."""

    text: timedelta = timedelta(days=30)
    updates: timedelta = timedelta(days=14)
    sent: timedelta = timedelta(days=7)
    state: timedelta = timedelta(hours=24)


def steps(unit: str, now: datetime, keep: Keep) -> Iterator[Any]:
    """The statements of one clean-up of `unit`, each to be run until it gives no row back."""
    yield oldest(messages, and_(messages.c.unit_id == unit, messages.c.at < now - keep.text))
    yield oldest(seen, and_(seen.c.unit_id == unit, seen.c.at < now - keep.updates))
    overdue = and_(
        outbox.c.unit_id == unit, outbox.c.done_at.is_(None), outbox.c.expires_at < now, outbox.c.status != "sending"
    )
    row = tuple_(*outbox.primary_key.columns)
    due = select(*outbox.primary_key.columns).where(overdue).limit(STEP)
    yield update(outbox).where(row.in_(due)).values(status="expired", done_at=now).returning(outbox.c.unit_id)
    yield oldest(outbox, and_(outbox.c.unit_id == unit, outbox.c.done_at < now - keep.sent))
    forgotten = and_(chats.c.unit_id == unit, chats.c.forget, chats.c.created_at < now - FORGOTTEN, ~_waits())
    of_forgotten = select(*chats.primary_key.columns).where(forgotten)
    for table in (messages, outbox):
        key = tuple_(table.c.unit_id, table.c.channel, table.c.account, table.c.chat_id)
        yield oldest(table, and_(table.c.unit_id == unit, key.in_(of_forgotten)))
    yield oldest(chats, forgotten)
    # Nobody has written for as long as their text is kept: the chat itself is no longer needed.
    yield oldest(chats, and_(chats.c.unit_id == unit, chats.c.last_in_at < now - keep.text, ~_waits()))
    told_since = _rows_of_chat(
        outbox.c.kind != "reply", outbox.c.done_at > now - keep.state
    )  # its choices still mean something
    stale = and_(chats.c.unit_id == unit, chats.c.last_in_at < now - keep.state, chats.c.state != "", ~told_since)
    keys = select(*chats.primary_key.columns).where(stale).limit(STEP)
    yield (
        update(chats).where(tuple_(*chats.primary_key.columns).in_(keys)).values(state="").returning(chats.c.unit_id)
    )


def sweep(connection: Connection, statement: Any) -> bool:
    """Run one step; says whether it may find more."""
    return len(connection.execute(statement).all()) >= STEP


def oldest(table: Any, which: Any) -> Any:
    """The statement that deletes one step's worth of the rows of `table` that `which` picks; it gives back a row for each."""
    keys = select(*table.primary_key.columns).where(which).limit(STEP)
    return delete(table).where(tuple_(*table.primary_key.columns).in_(keys)).returning(table.c.unit_id)


def _waits() -> Any:
    """Something waits to be sent there, or is watched from there."""
    watched = exists().where(
        watches.c.unit_id == chats.c.unit_id,
        watches.c.channel == chats.c.channel,
        watches.c.account == chats.c.account,
        watches.c.chat_id == chats.c.chat_id,
    )
    return or_(_rows_of_chat(outbox.c.done_at.is_(None)), watched)


def _rows_of_chat(*which: Any) -> Any:
    return exists().where(
        outbox.c.unit_id == chats.c.unit_id,
        outbox.c.channel == chats.c.channel,
        outbox.c.account == chats.c.account,
        outbox.c.chat_id == chats.c.chat_id,
        *which,
    )
