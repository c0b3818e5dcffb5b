"""What moved and is still to be told: moves are taken, the watchers told, and both in one transaction, so that nobody is told twice or not at all.

`bot.delivery.notices` decides what is said and when; here are the statements. A move whose import still waits for an officer's word, or still
runs, is not taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, exists, func, select, tuple_, update

from bot.store.clauses import CANCELLED, HELD, PENDING, bound_chat, of_chat
from bot.store.dossier_tables import charges, dossiers, imports, moves, watches
from bot.store.keys import ChatKey
from bot.store.looking_up import as_dossier
from bot.store.schema import chats, outbox
from handlers.dossier.model import Dossier, State, Watching
from handlers.dossier.states import IN_WORK

TELLING = ("done",)


@dataclass(frozen=True, slots=True)
class Move:
    """One dossier moved: how it stood before, and what changed ("first", "state", "due", "charge", "late")."""

    code: str
    from_state: State
    what: frozenset[str]
    imports: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Watcher:
    """A chat that watches a dossier: what it watches, its language, when it was last told (a day in Vietnam), how often it was reminded."""

    chat: ChatKey
    watching: Watching
    language: str
    told_on: date | None
    reminded: int


_WATCHERS = select(watches, chats.c.language).join(
    chats,
    and_(
        chats.c.unit_id == watches.c.unit_id,
        chats.c.channel == watches.c.channel,
        chats.c.account == watches.c.account,
        chats.c.chat_id == watches.c.chat_id,
    ),
)


def _watcher(row: Any) -> Watcher:
    watching = Watching(row.code, row.label, row.full, row.pending, row.reminders, row.since)
    chat = ChatKey(row.unit_id, row.channel, row.account, row.chat_id)
    return Watcher(chat, watching, row.language, row.told_on, row.reminded)


def take_moves(connection: Connection, unit: str, limit: int) -> list[Move]:
    """At most `limit` dossiers that moved, held until the transaction ends; those another process is just telling are passed over."""
    ready = exists().where(
        imports.c.unit_id == moves.c.unit_id, imports.c.id == moves.c.import_id, imports.c.status.in_(TELLING)
    )
    rows = connection.execute(
        select(moves.c.code, moves.c.import_id, moves.c.from_state, moves.c.what, moves.c.at)
        .where(moves.c.unit_id == unit, ready)
        .order_by(moves.c.unit_id, moves.c.code)  # the key's own order: nothing is sorted, however much waits
        .limit(limit)
        .with_for_update(skip_locked=True, of=moves)
    ).all()
    found: dict[str, Move] = {}
    for row in sorted(rows, key=lambda row: (row.code, row.at)):
        before = found.get(row.code)
        what = frozenset(row.what.split())
        found[row.code] = (
            Move(row.code, before.from_state, before.what | what, (*before.imports, row.import_id))
            if before
            else Move(row.code, row.from_state, what, (row.import_id,))
        )
    return list(found.values())


def forget(connection: Connection, unit: str, told: Iterable[Move]) -> None:
    """These moves have been told."""
    keys = [(move.code, import_id) for move in told for import_id in move.imports]
    if keys:
        connection.execute(
            delete(moves).where(moves.c.unit_id == unit, tuple_(moves.c.code, moves.c.import_id).in_(keys))
        )


def dossiers_of(connection: Connection, unit: str, codes: Sequence[str]) -> dict[str, Dossier]:
    """The dossiers of these codes, with what is due on them."""
    due: dict[str, list[Any]] = {}
    for row in connection.execute(
        select(charges).where(charges.c.unit_id == unit, charges.c.code.in_(codes)).order_by(charges.c.number)
    ):
        due.setdefault(row.code, []).append(row)
    rows = connection.execute(select(dossiers).where(dossiers.c.unit_id == unit, dossiers.c.code.in_(codes)))
    return {row.code: as_dossier(row, due.get(row.code, ())) for row in rows}


def watchers_of(connection: Connection, unit: str, codes: Sequence[str]) -> dict[str, list[Watcher]]:
    """Who watches these dossiers; their chats are locked in one order, as a turn locks them."""
    found: dict[str, list[Watcher]] = {}
    rows = connection.execute(
        _WATCHERS.where(watches.c.unit_id == unit, watches.c.code.in_(codes))
        .order_by(watches.c.channel, watches.c.account, watches.c.chat_id, watches.c.code)
        .with_for_update()
    )
    for row in rows:
        found.setdefault(row.code, []).append(_watcher(row))
    return found


def replace_waiting(
    connection: Connection, unit: str, cancel_keys: Sequence[str], now: datetime
) -> dict[tuple[ChatKey, str], datetime]:
    """End what waits under these cancel keys; gives when each would have left, by chat and key. What was held for the citizen's next
    message counts as due at once."""
    if not cancel_keys:
        return {}
    rows = connection.execute(
        select(
            outbox.c.channel,
            outbox.c.account,
            outbox.c.chat_id,
            outbox.c.line,
            outbox.c.cancel_key,
            outbox.c.due_at,
            outbox.c.status,
        )
        .where(outbox.c.unit_id == unit, outbox.c.cancel_key.in_(cancel_keys), PENDING)
        .with_for_update()
    ).all()
    left: dict[tuple[ChatKey, str], datetime] = {}
    for row in rows:
        chat = ChatKey(unit, row.channel, row.account, row.chat_id)
        left[chat, row.cancel_key] = now if row.status == HELD else row.due_at
    if rows:
        connection.execute(
            update(outbox)
            .where(of_chat(outbox), outbox.c.line == bindparam("l"))
            .values(status=CANCELLED, done_at=bindparam("now")),
            [bound_chat(ChatKey(unit, r.channel, r.account, r.chat_id), l=r.line, now=now) for r in rows],
        )
    return left


def note_told(connection: Connection, told: Sequence[dict[str, Any]]) -> None:
    """Write when and what each watch was told. Each: `chat`, `code`, `day` (None: nothing was said), `state`, `reminded`, `pending`."""
    if not told:
        return
    connection.execute(
        update(watches)
        .where(of_chat(watches), watches.c.code == bindparam("w_code"))
        .values(
            told_on=func.coalesce(bindparam("w_day", type_=watches.c.told_on.type), watches.c.told_on),
            told_state=bindparam("w_state"),
            reminded=bindparam("w_reminded"),
            pending=bindparam("w_pending"),
        ),
        [
            bound_chat(
                each["chat"],
                w_code=each["code"],
                w_day=each["day"],
                w_state=each["state"],
                w_reminded=each["reminded"],
                w_pending=each["pending"],
            )
            for each in told
        ],
    )


def late_codes(connection: Connection, unit: str, today: datetime, limit: int) -> list[str]:
    """Watched dossiers in work whose day was over when `today` began, by the data's own time as well, and nobody was told yet; only where
    somebody watched before."""
    return list(
        connection.execute(
            select(dossiers.c.code)
            .join(watches, and_(watches.c.unit_id == dossiers.c.unit_id, watches.c.code == dossiers.c.code))
            .where(
                watches.c.unit_id == unit,
                watches.c.since < dossiers.c.due_at,
                dossiers.c.state.in_(sorted(IN_WORK)),
                dossiers.c.told_late.is_(False),
                dossiers.c.due_at < today,
                dossiers.c.until_at > dossiers.c.due_at,
            )
            .distinct()
            .limit(limit)
        ).scalars()
    )


def note_late(connection: Connection, unit: str, codes: Sequence[str], *, late: bool) -> None:
    """Remember that the lateness of these was told (or, with a new date, that it was not)."""
    if codes:
        connection.execute(
            update(dossiers).where(dossiers.c.unit_id == unit, dossiers.c.code.in_(codes)).values(told_late=late)
        )


def given_up(connection: Connection, unit: str, before: datetime, limit: int) -> list[Watcher]:
    """Watches of codes that never came into the data, begun before `before`; they end here."""
    rows = connection.execute(
        _WATCHERS.where(watches.c.unit_id == unit, watches.c.pending, watches.c.since < before)
        .limit(limit)
        .with_for_update()
    ).all()
    found = [_watcher(row) for row in rows]
    for watcher in found:
        which = (of_chat(watches), watches.c.code == watcher.watching.code)
        connection.execute(delete(watches).where(*which), bound_chat(watcher.chat))
    return found
