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
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, func, insert, or_, select, update

from bot.store.clauses import CANCELLED, IN_CHAT, PENDING, THIS_CHAT, WAITING, bound, bound_chat, of_account
from bot.store.dialects import Dialect
from bot.store.keys import AccountKey, ChatKey
from bot.store.schema import chats, outbox
from bot.store.turns import REPLY_PRIORITY, ChatRow, Turns

Kind = Literal["reply", "notice", "reminder", "announcement"]
PRIORITY: dict[str, int] = {"reply": REPLY_PRIORITY, "notice": 1, "reminder": 2, "announcement": 3}
# Sent a second time when nobody knows whether it arrived: better twice than never. The others: better never than twice.
REPEATED = frozenset({"reply", "notice"})


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
    """Queue something the bot says on its own; gives its line, or None when the chat is gone (it waits for their next message there).

    `payload` is `handlers.messages.to_json` of the reply. Ring `store.wakeups` after the commit.
    """
    row = _locked(connection, dialect, chat, now)
    if row.gone_at is not None:
        return None
    line = row.next_line()
    connection.execute(update(chats).where(THIS_CHAT).values(line=line), bound_chat(chat))
    due_at = max(not_before or now, row.wait_until or now)
    connection.execute(
        insert(outbox),
        {
            **chat.row(),
            "line": line,
            "kind": kind,
            "priority": PRIORITY[kind],
            "payload": json.dumps(payload, ensure_ascii=False),
            "created_at": now,
            "due_at": due_at,
            "expires_at": expires_at,
            "cancel_key": cancel_key,
            "status": WAITING,
        },
    )
    dialect.notify(connection, [str(chat.of)])
    return line


def _locked(connection: Connection, dialect: Dialect, chat: ChatKey, now: datetime) -> ChatRow:
    return Turns(dialect).lock(connection, [chat], now)[chat]


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
    """The citizen has blocked us (the platform told): what waits for the chat ends. Nothing happens in a chat nobody knows."""
    connection.execute(
        update(outbox).where(IN_CHAT, PENDING).values(status="gone", done_at=now, error="the chat was left"),
        bound_chat(chat),
    )
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
