"""The statements of a turn: seen before? lock the chats, then write everything the turn decided.

They work on many turns at once, since a group of turns shares one transaction (`bot/conversation.py`): four statements and one sync to disk
for one turn as for thirty.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from bot.store import calls
from bot.store.clauses import CANCELLED, HELD, WAITING, bound_chat, of_chat
from bot.store.dialects import Dialect
from bot.store.keys import AccountKey, ChatKey
from bot.store.schema import audit, chats, messages, outbox, seen

REPLY_PRIORITY = 0
LATE = "late"  # the cancel key of an answer to a message that came late


@dataclass(slots=True)
class ChatRow:
    """What is kept about one chat, to be changed in place and saved. See `schema.chats` for the columns."""

    key: ChatKey
    state: str
    language: str
    line: int
    held: bool
    late: bool
    forget: bool
    wait_until: datetime | None
    gone_at: datetime | None
    last_in_at: datetime | None
    created_at: datetime

    def next_line(self) -> int:
        """The number of the chat's next line, in or out."""
        self.line += 1
        return self.line


@dataclass(slots=True)
class Changes:
    """What a group of turns has decided, in the order it shall be written: erase, drop late answers, release, add."""

    now: datetime
    messages: list[dict[str, Any]] = field(default_factory=list)
    outbox: list[dict[str, Any]] = field(default_factory=list)
    erased: list[ChatKey] = field(default_factory=list)
    superseded: list[ChatKey] = field(default_factory=list)
    released: list[ChatKey] = field(default_factory=list)
    # Whether a job was added, so that whoever does them is told after the commit.
    jobs: bool = False

    def hear(self, chat: ChatRow, kind: str, text: str) -> None:
        """Add an incoming line. `text` is masked already; of a contact nothing is kept, a number that no mask knows (from abroad) least of all."""
        self.messages.append(
            {
                **chat.key.row(),
                "line": chat.next_line(),
                "incoming": True,
                "at": self.now,
                "kind": kind,
                "text": "" if kind == "contact" else text,
                "payload": None,
            }
        )

    def unhear(self, chat: ChatRow) -> None:
        """Take the chat's newest line back: nothing was said to it, and nobody waits for it."""
        self.messages.pop()
        chat.line -= 1

    def say(
        self, chat: ChatRow, payload: str, *, expires_at: datetime, due_at: datetime, cancel_key: str | None = None
    ) -> None:
        """Add a reply: its transcript line and its outbox row. `payload` is `handlers.messages.to_json` as text."""
        key, line = chat.key.row(), chat.next_line()
        self.messages.append(
            {**key, "line": line, "incoming": False, "at": self.now, "kind": "reply", "text": "", "payload": payload}
        )
        if chat.wait_until:
            due_at = max(due_at, chat.wait_until)
        self.outbox.append(
            {
                **key,
                "line": line,
                "kind": "reply",
                "priority": REPLY_PRIORITY,
                "payload": payload,
                "created_at": self.now,
                "due_at": due_at,
                "expires_at": expires_at,
                "cancel_key": cancel_key,
                "status": WAITING,
            }
        )

    def lines_of(self, chat: ChatKey) -> int:
        """How many lines of `chat` are still to be written."""
        return sum(_is(row, chat) for row in self.messages)

    def erase(self, chat: ChatRow) -> None:
        """Forget all about `chat`, what this transaction would have written included. Its line counter goes on: the page counts on it."""
        self.messages = [row for row in self.messages if not _is(row, chat.key)]
        self.outbox = [row for row in self.outbox if not _is(row, chat.key)]
        self.erased.append(chat.key)
        chat.state, chat.language, chat.created_at, chat.forget = "", "", self.now, True
        chat.held = chat.late = False

    def supersede(self, chat: ChatRow) -> None:
        """Answers to older, late messages of `chat` that still wait are not sent any more."""
        gone = {row["line"] for row in self.outbox if _is(row, chat.key) and row["cancel_key"] == LATE}
        self.outbox = [row for row in self.outbox if not (_is(row, chat.key) and row["line"] in gone)]
        self.messages = [row for row in self.messages if not (_is(row, chat.key) and row["line"] in gone)]
        self.superseded.append(chat.key)
        chat.late = False

    def release(self, chat: ChatRow) -> None:
        """The citizen has written: what waited for that goes first."""
        self.released.append(chat.key)
        chat.held = False


def _is(row: dict[str, Any], chat: ChatKey) -> bool:
    return bool(row["chat_id"] == chat.chat and row["account"] == chat.account and row["channel"] == chat.channel)


# Columns that change in a turn; `created_at` only with an erasure.
_CHANGING = ("state", "language", "line", "held", "late", "forget", "gone_at", "last_in_at", "created_at")
_SAVE = update(chats).where(of_chat(chats)).values({name: bindparam(f"new_{name}") for name in _CHANGING})
_HEAR = insert(messages)
_SAY = insert(outbox)
_SUPERSEDED = (
    update(outbox)
    .where(of_chat(outbox), outbox.c.status == WAITING, outbox.c.cancel_key == LATE)
    .values(status=CANCELLED, done_at=bindparam("now"))
    .returning(outbox.c.line)
)
_UNSAY = delete(messages).where(of_chat(messages), messages.c.line == bindparam("l"))
_RELEASE = (
    update(outbox)
    .where(of_chat(outbox), outbox.c.status == HELD)
    .values(status=WAITING, priority=REPLY_PRIORITY, due_at=bindparam("now"))
    .returning(outbox.c.cancel_key)
)


class Turns:
    """The statements, built once for one dialect."""

    def __init__(self, dialect: Dialect) -> None:
        # A row given back means "new". Never rowcount: psycopg answers -1 to an INSERT, and every message would be dropped as seen.
        self._note = (
            dialect.insert(seen)
            .on_conflict_do_nothing()
            .returning(seen.c.unit_id, seen.c.channel, seen.c.account, seen.c.update_id)
        )
        self._begin = dialect.insert(chats).on_conflict_do_nothing()
        self._load = (
            select(chats)
            .where(
                chats.c.unit_id == bindparam("u"),
                chats.c.channel == bindparam("c"),
                chats.c.account == bindparam("a"),
                chats.c.chat_id.in_(bindparam("ids", expanding=True)),
            )
            .order_by(chats.c.chat_id)  # one order everywhere: two groups cannot wait for each other
            .with_for_update()
        )

    def unseen(self, connection: Connection, updates: Sequence[tuple[AccountKey, str]], now: datetime) -> list[bool]:
        """Note these updates; says of each whether it is new. An update that comes twice in `updates` is new once."""
        rows = [
            {"unit_id": a.unit, "channel": a.channel, "account": a.account, "update_id": update_id, "at": now}
            for a, update_id in sorted(set(updates))
        ]
        fresh = Counter(
            (AccountKey(row.unit_id, row.channel, row.account), row.update_id)
            for row in connection.execute(self._note, rows)
        )
        answers = []
        for each in updates:
            answers.append(fresh[each] > 0)
            fresh[each] = 0
        return answers

    def lock(self, connection: Connection, wanted: Iterable[ChatKey], now: datetime) -> dict[ChatKey, ChatRow]:
        """The chats' rows, locked until the transaction ends; those not known yet begin here."""
        keys = sorted(set(wanted))
        found = self._find(connection, keys)
        missing = [key for key in keys if key not in found]
        if missing:
            connection.execute(self._begin, [{**key.row(), "created_at": now} for key in missing])
            found.update(self._find(connection, missing))
        return found

    def _find(self, connection: Connection, keys: list[ChatKey]) -> dict[ChatKey, ChatRow]:
        rows = {}
        for account, members in groupby(keys, key=lambda key: key.of):
            bound = {"u": account.unit, "c": account.channel, "a": account.account, "ids": [k.chat for k in members]}
            for row in connection.execute(self._load, bound):
                key = ChatKey(row.unit_id, row.channel, row.account, row.chat_id)
                rows[key] = ChatRow(key, *row[4:])
        return rows

    def save(self, connection: Connection, rows: Iterable[ChatRow], changes: Changes) -> None:
        """Write what the turns decided."""
        for key in changes.erased:
            _erase(connection, key, changes.now)
        for key in changes.superseded:
            gone = connection.execute(_SUPERSEDED, bound_chat(key, now=changes.now)).scalars().all()
            if gone:
                connection.execute(_UNSAY, [bound_chat(key, l=line) for line in gone])
        for key in changes.released:
            told = connection.execute(_RELEASE, bound_chat(key, now=changes.now)).scalars().all()
            calls.said_in_chat(connection, key.unit, filter(None, map(calls.code_of, told)), changes.now)
        saved = [bound_chat(row.key, **{f"new_{name}": getattr(row, name) for name in _CHANGING}) for row in rows]
        if saved:
            connection.execute(_SAVE, saved)
        if changes.messages:
            connection.execute(_HEAR, changes.messages)
        if changes.outbox:
            connection.execute(_SAY, changes.outbox)


def _erase(connection: Connection, chat: ChatKey, now: datetime) -> None:
    for table in (messages, outbox):
        connection.execute(delete(table).where(of_chat(table)), bound_chat(chat))
    # That somebody was forgotten may be known; who it was may not.
    connection.execute(
        insert(audit),
        {"unit_id": chat.unit, "id": uuid.uuid4().hex, "at": now, "what": "chat_erased", "detail": chat.channel},
    )
