"""What was said in a chat, as the web page and /dulieu show it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from bot.store.clauses import bound_chat, of_chat
from bot.store.keys import ChatKey
from bot.store.schema import messages
from handlers.messages import as_text, from_json


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
