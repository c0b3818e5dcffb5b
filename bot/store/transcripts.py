"""What was said in a chat, as the web page and /dulieu show it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from bot.store.clauses import bound_chat, of_chat
from bot.store.keys import ChatKey
from bot.store.schema import chats, messages
from handlers.messages import as_text, from_json
from handlers.ports import Kept


@dataclass(frozen=True, slots=True)
class Message:
    """One line of a chat.

    `id` is its number within the chat, growing; `at` is aware, in UTC. An incoming line has its masked `text`; an outgoing one has the
    reply as `payload` (`handlers.messages.from_json` reads it) and its plain text.
    """

    id: int
    incoming: bool
    at: datetime
    kind: str
    text: str
    payload: dict[str, Any] | None


_LINES = select(messages).where(of_chat(messages), messages.c.line > bindparam("after"))
_COUNT = select(func.count()).select_from(messages).where(of_chat(messages))
_CHAT = select(chats.c.created_at, chats.c.language).where(of_chat(chats))


def transcript(
    connection: Connection, chat: ChatKey, after: int = 0, limit: int = 50, *, newest: bool = False
) -> list[Message]:
    """At most `limit` lines behind line `after`, oldest first; with `newest`, the last ones instead of the next ones."""
    order = messages.c.line.desc() if newest else messages.c.line
    rows = connection.execute(_LINES.order_by(order).limit(limit), bound_chat(chat, after=after)).all()
    return [_message(row) for row in (reversed(rows) if newest else rows)]


def _message(row: Any) -> Message:
    payload = json.loads(row.payload) if row.payload else None
    text = as_text(from_json(payload), numbered=False) if payload else row.text
    return Message(row.line, row.incoming, row.at, row.kind, text, payload)


class ChatView:
    """What a handler may ask of its own chat (`handlers.ports.View`), answered inside the turn's transaction.

    `more` are the lines that this very transaction has still to write.
    """

    def __init__(self, connection: Connection, chat: ChatKey, more: int = 0) -> None:
        self._connection, self._chat, self._more = connection, chat, more

    def kept(self) -> Kept:
        """What is kept about this chat."""
        lines = self._connection.execute(_COUNT, bound_chat(self._chat)).scalar_one()
        found = self._connection.execute(_CHAT, bound_chat(self._chat)).one_or_none()
        return Kept(lines + self._more, found.created_at if found else None, (found.language if found else "") or "vi")
