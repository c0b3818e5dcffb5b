"""The jobs of photos that are to be read: which chat's, and the channel's own name of each photo. The photo itself is stored nowhere."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot.store import jobs
from bot.store.dialects import Dialect
from bot.store.keys import ChatKey

KIND = "photo"


def add(connection: Connection, dialect: Dialect, chat: ChatKey, reference: str, now: datetime) -> None:
    """Have a photo of `chat` read now. In the turn's transaction, so that it is read if and only if the turn stands."""
    payload = {"channel": chat.channel, "account": chat.account, "chat": chat.chat, "reference": reference}
    name = f"{KIND}:{secrets.token_hex(12)}"
    jobs.add(connection, dialect, chat.unit, name, KIND, payload=payload, due_at=now, now=now)


def asked(unit: str, payload: Mapping[str, Any]) -> tuple[ChatKey, str]:
    """The chat and the reference of a job's payload. Raises KeyError for one that is no photo's."""
    return ChatKey(unit, payload["channel"], payload["account"], payload["chat"]), payload["reference"]
