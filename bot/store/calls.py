"""The call list: what no channel may carry any more, an officer tells by phone (docs/dossiers.md, "Calls").

A notice whose chat is shut (the channel's window, a block) is called for only when no other chat that watches the same dossier can be told.
One open call a dossier: a newer notice changes its words. The number to ring stands in the one-stop system; none is kept here.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, or_, select, tuple_, update

from bot.store.dossier_tables import calls, dossiers, watches
from bot.store.keys import AccountKey
from bot.store.schema import chats
from handlers.messages import as_text, from_json

ABOUT = ("n:", "r:")  # cancel keys of notices and reminders; the dossier's code follows
BY_MACHINE = "máy"


@dataclass(frozen=True, slots=True)
class Call:
    """One call to make: about which dossier, why, and what to say."""

    id: str
    code: str
    procedure: str
    reason: str
    words: str
    made_at: datetime


def code_of(cancel_key: str | None) -> str:
    """The dossier code of a notice's or reminder's cancel key; "" for another key."""
    return cancel_key[2:] if cancel_key and cancel_key.startswith(ABOUT) else ""


def undelivered(
    connection: Connection,
    account: AccountKey,
    rows: Sequence[Any],
    reason: str,
    now: datetime,
    windows: Mapping[str, float | None],
) -> int:
    """Rows (`chat_id`, `cancel_key`, `payload`) that cannot be carried where they should go: a call for each dossier nobody else hears of.

    `windows` is the free window of each channel in seconds (None: always open). Gives the number of new calls.
    """
    made = 0
    for row in rows:
        code = code_of(row.cancel_key)
        if code and not _another_hears(connection, account, row.chat_id, code, now, windows):
            made += _call(connection, account.unit, code, reason, row.payload, now)
    return made


def _another_hears(
    connection: Connection,
    account: AccountKey,
    chat_id: str,
    code: str,
    now: datetime,
    windows: Mapping[str, float | None],
) -> bool:
    key = (watches.c.unit_id, watches.c.channel, watches.c.account, watches.c.chat_id)
    mine = (account.unit, account.channel, account.account, chat_id)
    others = connection.execute(
        select(chats.c.channel, chats.c.last_in_at)
        .join(watches, tuple_(*key) == tuple_(chats.c.unit_id, chats.c.channel, chats.c.account, chats.c.chat_id))
        .where(watches.c.unit_id == account.unit, watches.c.code == code, chats.c.gone_at.is_(None))
        .where(or_(*(column != value for column, value in zip(key, mine, strict=True))))
    )
    for channel, last_in_at in others:
        window = windows.get(channel)
        if window is None or (last_in_at and last_in_at > now - timedelta(seconds=window)):
            return True
    return False


def _call(connection: Connection, unit: str, code: str, reason: str, payload: str, now: datetime) -> int:
    words = as_text(from_json(json.loads(payload)), numbered=False)
    changed = connection.execute(
        update(calls)
        .where(calls.c.unit_id == unit, calls.c.code == code, calls.c.done_at.is_(None))
        .values(words=words, reason=reason, made_at=now)
        .returning(calls.c.id)
    ).all()
    if changed:
        return 0
    name = connection.execute(
        select(dossiers.c.procedure_name).where(dossiers.c.unit_id == unit, dossiers.c.code == code)
    ).scalar_one_or_none()
    connection.execute(
        insert(calls),
        {
            "unit_id": unit,
            "id": secrets.token_hex(3),
            "code": code,
            "procedure": name or "",
            "reason": reason,
            "words": words,
            "made_at": now,
            "done_by": "",
            "outcome": "",
        },
    )
    return 1


def waiting(connection: Connection, unit: str, limit: int = 200) -> list[Call]:
    """The calls to make, oldest first."""
    rows = connection.execute(
        select(calls.c.id, calls.c.code, calls.c.procedure, calls.c.reason, calls.c.words, calls.c.made_at)
        .where(calls.c.unit_id == unit, calls.c.done_at.is_(None))
        .order_by(calls.c.made_at, calls.c.id)
        .limit(limit)
    )
    return [Call(*row) for row in rows]


def done(connection: Connection, unit: str, call_id: str, by: str, outcome: str, now: datetime) -> bool:
    """Note that a call was made; False when there is no such open call."""
    found = connection.execute(
        update(calls)
        .where(calls.c.unit_id == unit, calls.c.id == call_id, calls.c.done_at.is_(None))
        .values(done_at=now, done_by=by[:120], outcome=outcome[:200])
        .returning(calls.c.id)
    ).all()
    return bool(found)


def said_in_chat(connection: Connection, unit: str, codes: Iterable[str], now: datetime) -> None:
    """The citizen has written and hears it now: nobody needs to ring any more."""
    found = sorted(set(codes))
    if found:
        connection.execute(
            update(calls)
            .where(calls.c.unit_id == unit, calls.c.code.in_(found), calls.c.done_at.is_(None))
            .values(done_at=now, done_by=BY_MACHINE, outcome="đã báo trong trò chuyện")
        )
