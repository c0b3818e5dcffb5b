"""Conditions that many statements share: of one account, of one chat, one row of the outbox. Values are bound by `bound`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import FromClause, and_, bindparam
from sqlalchemy.sql import ColumnElement

from bot.store.keys import AccountKey, ChatKey
from bot.store.schema import chats, outbox

WAITING, SENDING, HELD, CANCELLED = "waiting", "sending", "held", "cancelled"


def of_account(table: FromClause) -> ColumnElement[bool]:
    """Rows of the account bound as `u`, `c`, `a`."""
    return and_(table.c.unit_id == bindparam("u"), table.c.channel == bindparam("c"), table.c.account == bindparam("a"))


def of_chat(table: FromClause) -> ColumnElement[bool]:
    """Rows of the chat bound as `u`, `c`, `a`, `i`."""
    return and_(of_account(table), table.c.chat_id == bindparam("i"))


def bound(account: AccountKey, **more: Any) -> dict[str, Any]:
    """The values of `of_account`, and others."""
    return {"u": account.unit, "c": account.channel, "a": account.account, **more}


def bound_chat(chat: ChatKey, **more: Any) -> dict[str, Any]:
    """The values of `of_chat`, and others."""
    return {"u": chat.unit, "c": chat.channel, "a": chat.account, "i": chat.chat, **more}


THIS_CHAT = of_chat(chats)
IN_CHAT = of_chat(outbox)
ROW = and_(IN_CHAT, outbox.c.line == bindparam("l"))
MINE = and_(ROW, outbox.c.status == SENDING, outbox.c.token == bindparam("t"))  # claimed under the lease's token
PENDING = outbox.c.status.in_((WAITING, HELD))
