"""What the bot says on its own, at the moment it would leave: now, later, or not at all.

* Outside its hours it waits for them (`Rules.may_leave`).
* While a dialogue lives it waits: it never takes over what "2" means (docs/architecture.md).
* A reminder dies when its reason has died (paid, stopped, no longer watched), whoever noticed that; after "đã nộp rồi" it waits for newer data.
* When it leaves, its own numbered choices are what "2" means from then on.

What waited for the citizen to write (priority of a reply by then) is an answer, and none of this holds for it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from bot.store.calls import code_of
from bot.store.clauses import CANCELLED, ROW, THIS_CHAT, WAITING, bound, of_account
from bot.store.dossier_tables import charges, dossiers, watches
from bot.store.keys import AccountKey
from bot.store.schema import chats, outbox
from handlers import state as states

DAY = timedelta(days=1)
BANK = timedelta(hours=24)  # how long a bank may take to confirm


def _always(_kind: str, now: datetime) -> datetime:
    return now


@dataclass(frozen=True, slots=True)
class Rules:
    """When something unasked may leave: `may_leave(kind, now)` gives the first moment from `now` on (UTC); `windows` are the free windows of
    all channels, in seconds (None or absent: always open)."""

    may_leave: Callable[[str, datetime], datetime] = _always
    windows: Mapping[str, float | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`go` may leave now. `busy` chats are just being written to by a turn: look again next time."""

    go: list[Any]
    busy: set[str]


_LATER = update(outbox).where(ROW, outbox.c.status == WAITING).values(due_at=bindparam("later"))
_CANCEL = update(outbox).where(ROW, outbox.c.status == WAITING).values(status=CANCELLED, done_at=bindparam("now"))
_STATE = update(chats).where(THIS_CHAT).values(state=bindparam("new_state"))
_SPOKEN = (
    update(watches)
    .where(of_account(watches), watches.c.chat_id == bindparam("i"), watches.c.code == bindparam("watched"))
    .values(reminded=watches.c.reminded + 1)
)


def judge(connection: Connection, account: AccountKey, rows: Sequence[Any], now: datetime, rules: Rules) -> Verdict:
    """Which of these due rows may leave; the others are put off or ended here, in the same transaction."""
    verdict = Verdict([], set())
    if not rows:
        return verdict
    found = connection.execute(
        select(chats.c.chat_id, chats.c.state)
        .where(of_account(chats), chats.c.chat_id.in_(sorted({row.chat_id for row in rows})))
        .with_for_update(skip_locked=True),
        bound(account),
    )
    state_of = {chat_id: states.load(text) for chat_id, text in found}
    for row in rows:
        if row.chat_id not in state_of:
            verdict.busy.add(row.chat_id)
            continue
        later = rules.may_leave(row.kind, now)
        state = state_of[row.chat_id]
        if state.at and state.alive(now):
            later = max(later, rules.may_leave(row.kind, state.at + states.LIVES))
        if row.kind == "reminder":
            until = _reason_lives(connection, account, row, now)
            if until is None:
                connection.execute(_CANCEL, bound(account, i=row.chat_id, l=row.line, now=now))
                continue
            later = max(later, rules.may_leave(row.kind, until))
        if later > now:
            connection.execute(_LATER, bound(account, i=row.chat_id, l=row.line, later=later))
        else:
            verdict.go.append(row)
    return verdict


def _reason_lives(connection: Connection, account: AccountKey, row: Any, now: datetime) -> datetime | None:
    """From when on the reminder may be said; None when there is nothing to remind of any more."""
    code = code_of(row.cancel_key)
    if not code:
        return now
    watch = connection.execute(
        select(watches.c.reminders, watches.c.paid_said_at).where(
            of_account(watches), watches.c.chat_id == bindparam("i"), watches.c.code == bindparam("code")
        ),
        bound(account, i=row.chat_id, code=code),
    ).one_or_none()
    dossier = connection.execute(
        select(dossiers.c.state, dossiers.c.until_at).where(dossiers.c.unit_id == account.unit, dossiers.c.code == code)
    ).one_or_none()
    owed = connection.execute(
        select(charges.c.state, charges.c.changed_at).where(charges.c.unit_id == account.unit, charges.c.code == code)
    ).all()
    if watch is None or not watch.reminders or dossier is None:
        return None
    open_ = [charge for charge in owed if charge.state in ("unpaid", "waiting")]
    if not open_ and (owed or dossier.state != "needs_payment"):
        return None
    if watch.paid_said_at and dossier.until_at <= watch.paid_said_at:
        return now + DAY  # they have paid, they say; the next data shows it
    asked: list[datetime] = [charge.changed_at + BANK for charge in open_ if charge.state == "waiting"]
    return max([now, *asked])


def leaving(connection: Connection, account: AccountKey, rows: Sequence[Any], now: datetime) -> None:
    """Rows that leave for the first time: their choices are what a number means now, and a reminder is counted."""
    for row in rows:
        code = code_of(row.cancel_key)
        buttons = json.loads(row.payload).get("buttons", ())
        keys = tuple(button["key"] for button in buttons if button.get("key"))
        if keys:
            text = connection.execute(select(chats.c.state).where(THIS_CHAT), bound(account, i=row.chat_id)).scalar()
            new = replace(states.load(text), flow="", expect=keys, offered=(), dossier=code, proved=False, at=now)
            connection.execute(_STATE, bound(account, i=row.chat_id, new_state=states.dump(new)))
        if code and row.kind == "reminder":
            connection.execute(_SPOKEN, bound(account, i=row.chat_id, watched=code))
