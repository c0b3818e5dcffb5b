"""What handlers decide about dossiers, carried out in the turn's own transaction (`handlers.effects`).

Wrong factors and look-ups are counted under a mark of the chat (`looking_up.hidden`); watches stand under the chat itself, since notices go there.
"""

from __future__ import annotations

import json
import unicodedata
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, case, delete, func, insert, select, update

from bot.store.clauses import bound_chat, of_chat
from bot.store.counting import count, day_of, note
from bot.store.dialects import Dialect
from bot.store.dossier_tables import consents, follow_codes, jobs, look_ups, watches, wrong_tries
from bot.store.keys import ChatKey
from bot.store.looking_up import LONGEST_CODE, LOOK_UP_HOUR, ChatView, hidden
from bot.store.outbox import cancel_in_chat
from handlers.dossier.model import Sealer
from handlers.effects import (
    LookedUp,
    NameWatch,
    StopReminding,
    StopWatching,
    Stuck,
    Tried,
    WatchDossier,
)
from knowledge.text.masking import mask

DossierEffect = LookedUp | Tried | WatchDossier | StopWatching | NameWatch | Stuck | StopReminding
MOST_WATCHES = 20
LABEL = 40
ALERT = 20  # wrong factors of a day, for one dossier over all chats or in the whole unit
PURPOSE = "dossier_notices"
NOTICE, REMINDER = "n", "r"  # kinds of cancel keys: "n:<code>", "r:<code>"

_WATCH = (*of_chat(watches).clauses, watches.c.code == bindparam("k"))
_OPEN_CONSENT = (
    select(consents.c.id, consents.c.version)
    .where(of_chat(consents), consents.c.purpose == PURPOSE, consents.c.withdrawn_at.is_(None))
    .where(consents.c.given_at == bindparam("given"))
    .limit(1)
)


class DossierEffects:
    """The statements, built once for one dialect."""

    def __init__(self, dialect: Dialect, seal: Sealer) -> None:
        self._dialect, self._seal = dialect, seal
        looked = dialect.insert(look_ups)
        over = look_ups.c.since <= bindparam("hour", type_=look_ups.c.since.type)
        self._looked = looked.on_conflict_do_update(
            index_elements=list(look_ups.primary_key.columns),
            set_={
                "number": case((over, 1), else_=look_ups.c.number + 1),
                "since": case((over, looked.excluded.since), else_=look_ups.c.since),
            },
        )
        self._wrong = dialect.insert(wrong_tries).on_conflict_do_update(
            index_elements=list(wrong_tries.primary_key.columns), set_={"number": wrong_tries.c.number + 1}
        )

    def carry_out(
        self, connection: Connection, chat: ChatKey, effect: DossierEffect, view: ChatView, now: datetime
    ) -> None:
        """Do what `effect` says for `chat`. A code longer than any real one is passed over: nothing can be known of it."""
        if len(getattr(effect, "code", "")) > LONGEST_CODE:
            return
        match effect:
            case LookedUp():
                row = {**hidden(chat, self._seal).row(), "since": now, "number": 1, "hour": now - LOOK_UP_HOUR}
                connection.execute(self._looked, row)
            case Tried(code, ""):
                self._count_wrong(connection, chat, code, now)
            case Tried(code, "follow"):
                _use_up(connection, chat.unit, code, view.used.get(code, ""), now)
            case WatchDossier():
                _watch(connection, chat, effect, now)
            case StopWatching(code):
                _stop(connection, chat, code, now)
            case NameWatch(code, label):
                connection.execute(
                    update(watches).where(*_WATCH).values(label=as_label(label)), bound_chat(chat, k=code)
                )
            case Stuck(code, cause):
                count(connection, self._dialect, chat.unit, f"stuck:{cause}", now)
                if cause == "paid":
                    _change(connection, chat, code, paid_said_at=now)
                    cancel_in_chat(connection, chat, (f"{REMINDER}:{code}",), now)
                elif cause in ("desk", "not_mine"):
                    _remind_no_more(connection, chat, code, now)
            case StopReminding(code):
                _remind_no_more(connection, chat, code, now)

    def forget(self, connection: Connection, chat: ChatKey, now: datetime) -> None:
        """The chat is erased: its watches and jobs go, its consents keep the fact alone. (Its outbox goes with its messages.)"""
        connection.execute(delete(watches).where(of_chat(watches)), bound_chat(chat))
        connection.execute(
            update(consents)
            .where(of_chat(consents))
            .values(
                channel="",
                account="",
                chat_id="",
                withdrawn_at=func.coalesce(
                    consents.c.withdrawn_at, bindparam("now", type_=consents.c.withdrawn_at.type)
                ),
            ),
            bound_chat(chat, now=now),
        )
        asked = connection.execute(
            select(jobs.c.name, jobs.c.payload).where(jobs.c.unit_id == chat.unit, jobs.c.kind == "photo")
        ).all()
        mine = [row.name for row in asked if _is_of(json.loads(row.payload), chat)]
        if mine:
            connection.execute(delete(jobs).where(jobs.c.unit_id == chat.unit, jobs.c.name.in_(mine)))

    def _count_wrong(self, connection: Connection, chat: ChatKey, code: str, now: datetime) -> None:
        day = day_of(now)
        connection.execute(self._wrong, {**hidden(chat, self._seal).row(), "code": code, "day": day, "number": 1})
        today = (wrong_tries.c.unit_id == chat.unit, wrong_tries.c.day == day)
        total = func.coalesce(func.sum(wrong_tries.c.number), 0)
        of_code = connection.execute(select(total).where(*today, wrong_tries.c.code == code)).scalar_one()
        of_unit = connection.execute(select(total).where(*today)).scalar_one()
        # Told when the number is reached, not at every try behind it: once a day for a dossier, once for the unit.
        for over, reached in (("dossier", of_code), ("unit", of_unit)):
            if reached == ALERT:
                note(connection, chat.unit, "wrong_factors", now, over=over, number=ALERT)
                count(connection, self._dialect, chat.unit, "alert:wrong_factors", now)


def as_label(text: str) -> str:
    """What a watch is called, as it is kept: one line, without personal numbers, at most 40 characters."""
    plain = unicodedata.normalize("NFC", mask(text).text)
    plain = " ".join("".join(c if c.isprintable() else " " for c in plain).split())
    return plain[:LABEL].strip()


def _use_up(connection: Connection, unit: str, code: str, mark: str, now: datetime) -> None:
    connection.execute(
        update(follow_codes)
        .where(follow_codes.c.unit_id == unit, follow_codes.c.code == code, follow_codes.c.mark == mark)
        .where(follow_codes.c.used_at.is_(None))
        .values(used_at=now)
    )


def _watch(connection: Connection, chat: ChatKey, wanted: WatchDossier, now: datetime) -> None:
    key = bound_chat(chat, k=wanted.code)
    label = as_label(wanted.label)
    found = connection.execute(select(watches).where(*_WATCH), key).one_or_none()
    if found is None:
        number = connection.execute(
            select(func.count()).select_from(watches).where(of_chat(watches)), bound_chat(chat)
        ).scalar_one()
        if number >= MOST_WATCHES:
            return
        row = {**chat.row(), "code": wanted.code, "label": label, "full": wanted.full, "pending": wanted.pending}
        connection.execute(insert(watches), {**row, "since": now})
        _agree(connection, chat, wanted.version, now)
        return
    values: dict[str, Any] = {
        "label": label or found.label,
        "full": found.full or wanted.full,
        "pending": found.pending and wanted.pending,
    }
    given = connection.execute(_OPEN_CONSENT, bound_chat(chat, given=found.since)).one_or_none()
    if given is None or given.version != wanted.version:
        # Another text was agreed to: the old consent ends, the new one begins, and the watch with it.
        _withdraw(connection, chat, found.since, now)
        _agree(connection, chat, wanted.version, now)
        values["since"] = now
    _change(connection, chat, wanted.code, **values)


def _agree(connection: Connection, chat: ChatKey, version: str, now: datetime) -> None:
    row = {**chat.row(), "id": uuid.uuid4().hex, "purpose": PURPOSE, "version": version, "given_at": now}
    connection.execute(insert(consents), row)


def _withdraw(connection: Connection, chat: ChatKey, given: datetime, now: datetime) -> None:
    # A consent names no dossier; the one given when the watch began belongs to it.
    found = connection.execute(_OPEN_CONSENT, bound_chat(chat, given=given)).one_or_none()
    if found:
        connection.execute(
            update(consents).where(consents.c.unit_id == chat.unit, consents.c.id == found.id).values(withdrawn_at=now)
        )


def _stop(connection: Connection, chat: ChatKey, code: str, now: datetime) -> None:
    which = _WATCH if code else tuple(of_chat(watches).clauses)
    key = bound_chat(chat, k=code) if code else bound_chat(chat)
    ended = connection.execute(select(watches.c.since).where(*which), key).scalars().all()
    connection.execute(delete(watches).where(*which), key)
    for since in ended:
        _withdraw(connection, chat, since, now)
    cancel_in_chat(connection, chat, (f"{NOTICE}:{code}", f"{REMINDER}:{code}"), now, beginning=not code)


def _remind_no_more(connection: Connection, chat: ChatKey, code: str, now: datetime) -> None:
    _change(connection, chat, code, reminders=False)
    cancel_in_chat(connection, chat, (f"{REMINDER}:{code}",), now)


def _change(connection: Connection, chat: ChatKey, code: str, **values: Any) -> None:
    connection.execute(update(watches).where(*_WATCH).values(**values), bound_chat(chat, k=code))


def _is_of(payload: Any, chat: ChatKey) -> bool:
    return isinstance(payload, dict) and (
        (payload.get("channel"), payload.get("account"), payload.get("chat")) == (chat.channel, chat.account, chat.chat)
    )
