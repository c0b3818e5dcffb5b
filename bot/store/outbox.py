"""What leaves: rows wait here until their account's sender has carried them out, whatever happens in between.

    waiting ──claim──▶ sending ──▶ sent
       ▲                  ├─ later ──▶ waiting (tried again at due_at)
       │                  ├─ dead      refused for good, or its last moment is over after tries: a letter nobody takes
    held (window shut,    ├─ perhaps   left, no answer came, and it must not be repeated
     until they write)    └─ gone      the chat ended
    expired, cancelled: never sent

Only the lease's holder moves a row on (`leases.check` in the same transaction). Order within a chat: the sender claims one row per chat at a
time, lowest (priority, due_at, line) first; a retry holds back the chat's later rows of its kind or below.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, bindparam, func, insert, or_, select, update

from bot.store import calls
from bot.store.clauses import CANCELLED, IN_CHAT, PENDING, THIS_CHAT, WAITING, bound, bound_chat, of_account
from bot.store.dialects import Dialect
from bot.store.keys import AccountKey, ChatKey
from bot.store.schema import chats, outbox
from bot.store.turns import REPLY_PRIORITY, Turns

Kind = Literal["reply", "notice", "reminder", "announcement"]
PRIORITY: dict[str, int] = {"reply": REPLY_PRIORITY, "notice": 1, "reminder": 2, "announcement": 3}
# Sent a second time when nobody knows whether it arrived: better twice than never. The others: better never than twice.
REPEATED = frozenset({"reply", "notice"})


_COUNTED = update(chats).where(THIS_CHAT).values(line=bindparam("n"))


@dataclass(frozen=True, slots=True)
class Push:
    """Something the bot says on its own to `chat`; `payload` is `handlers.messages.to_json` of the reply. It leaves not before
    `not_before` (None: at once) and not after `expires_at`; `cancel` ends it by its `cancel_key`."""

    chat: ChatKey
    kind: Kind
    payload: dict[str, Any]
    expires_at: datetime
    not_before: datetime | None = None
    cancel_key: str | None = None


def push(
    connection: Connection,
    dialect: Dialect,
    chat: ChatKey,
    kind: Kind,
    payload: dict[str, Any],
    now: datetime,
    *,
    expires_at: datetime,
    not_before: datetime | None = None,
    cancel_key: str | None = None,
) -> int | None:
    """Queue one thing the bot says on its own; gives its line, or None when the chat is gone. As `push_all`."""
    one = Push(chat, kind, payload, expires_at, not_before, cancel_key)
    return push_all(connection, dialect, [one], now)[0]


def push_all(connection: Connection, dialect: Dialect, pushes: Sequence[Push], now: datetime) -> list[int | None]:
    """Queue what the bot says on its own; gives each one's line, or None where the chat is gone (it waits for their next message there).

    Ring `store.wakeups` after the commit.
    """
    rows = Turns(dialect).lock(connection, {push.chat for push in pushes}, now)
    lines: list[int | None] = []
    queued = []
    for each in pushes:
        row = rows[each.chat]
        if row.gone_at is not None:
            lines.append(None)
            continue
        lines.append(row.next_line())
        queued.append(
            {
                **each.chat.row(),
                "line": row.line,
                "kind": each.kind,
                "priority": PRIORITY[each.kind],
                "payload": json.dumps(each.payload, ensure_ascii=False),
                "created_at": now,
                "due_at": max(each.not_before or now, row.wait_until or now),
                "expires_at": each.expires_at,
                "cancel_key": each.cancel_key,
                "status": WAITING,
            }
        )
    if queued:
        touched = {push.chat for push, line in zip(pushes, lines, strict=True) if line is not None}
        connection.execute(_COUNTED, [bound_chat(chat, n=rows[chat].line) for chat in sorted(touched)])
        connection.execute(insert(outbox), queued)
        dialect.notify(connection, sorted({str(chat.of) for chat in touched}))
    return lines


def cancel(connection: Connection, unit: str, cancel_key: str, now: datetime) -> int:
    """End what waits under `cancel_key` (paid: the reminder dies). Gives how many; what is being sent just now is not stopped."""
    ended = connection.execute(
        update(outbox)
        .where(outbox.c.unit_id == unit, outbox.c.cancel_key == cancel_key, PENDING)
        .values(status="cancelled", done_at=now)
        .returning(outbox.c.line)
    ).all()
    return len(ended)


def cancel_in_chat(
    connection: Connection, chat: ChatKey, cancel_keys: Sequence[str], now: datetime, *, beginning: bool = False
) -> int:
    """As `cancel`, for this chat's rows alone: those under one of `cancel_keys`, or under one with more behind it ("r:<code>:2").

    With `beginning` the keys are only how the cancel keys begin. Gives how many ended.
    """
    behind = "" if beginning else ":"
    under = [outbox.c.cancel_key.startswith(key + behind, autoescape=True) for key in cancel_keys]
    ended = connection.execute(
        update(outbox)
        .where(IN_CHAT, PENDING, or_(outbox.c.cancel_key.in_(cancel_keys), *under))
        .values(status=CANCELLED, done_at=now)
        .returning(outbox.c.line),
        bound_chat(chat),
    ).all()
    return len(ended)


def chat_left(connection: Connection, chat: ChatKey, now: datetime) -> None:
    """The citizen has blocked us (the platform told): what waits for the chat ends, and what they were to be told goes to the call list.
    Nothing happens in a chat nobody knows."""
    ended = connection.execute(
        update(outbox)
        .where(IN_CHAT, PENDING)
        .values(status="gone", done_at=now, error="the chat was left")
        .returning(outbox.c.chat_id, outbox.c.cancel_key, outbox.c.payload),
        bound_chat(chat),
    ).all()
    calls.undelivered(connection, chat.of, ended, "blocked", now, {})
    connection.execute(update(chats).where(THIS_CHAT).values(gone_at=now, held=False), bound_chat(chat))


def chat_back(connection: Connection, chat: ChatKey) -> None:
    """The citizen lets us write again."""
    connection.execute(update(chats).where(THIS_CHAT).values(gone_at=None), bound_chat(chat))


def depth(connection: Connection, account: AccountKey) -> dict[str, int]:
    """How many rows of an account stand in each status, for /metrics."""
    found = connection.execute(
        select(outbox.c.status, func.count()).where(of_account(outbox)).group_by(outbox.c.status), bound(account)
    ).all()
    return {status: int(number) for status, number in found}
