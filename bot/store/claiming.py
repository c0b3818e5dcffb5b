"""Claiming what is due: one row per chat at a time, lowest (priority, due_at, line) first, so that order within a chat is kept.

Only the holder of the lease may (`leases.check` in the same transaction). `FOR UPDATE SKIP LOCKED` leaves alone what a turn just changes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from bot.store import calls, unasked
from bot.store.clauses import HELD, ROW, SENDING, THIS_CHAT, WAITING, bound, of_account
from bot.store.keys import AccountKey
from bot.store.leases import Lease
from bot.store.outbox import REPEATED
from bot.store.outcomes import Batch, Claimed
from bot.store.schema import chats, messages, outbox
from bot.store.turns import REPLY_PRIORITY

ALWAYS = unasked.Rules()
MOST_TRIES = 50  # a row that takes the process down with it ends here

_DUE = (
    select(
        outbox.c.chat_id,
        outbox.c.line,
        outbox.c.kind,
        outbox.c.priority,
        outbox.c.cancel_key,
        outbox.c.payload,
        outbox.c.attempts,
        outbox.c.parts,
        outbox.c.repeated,
        outbox.c.expires_at,
        outbox.c.created_at,
    )
    .where(of_account(outbox), outbox.c.status == WAITING, outbox.c.due_at <= bindparam("now"))
    .order_by(outbox.c.priority, outbox.c.due_at, outbox.c.line)
    .with_for_update(skip_locked=True)
)
_NEXT = select(func.min(outbox.c.due_at)).where(of_account(outbox), outbox.c.status == WAITING)
_CLAIM = update(outbox).where(ROW).values(status=SENDING, token=bindparam("t"), attempts=outbox.c.attempts + 1)
_EXPIRED = update(outbox).where(ROW, outbox.c.status == WAITING).values(status="expired", done_at=bindparam("now"))
_HOLD = update(outbox).where(ROW, outbox.c.status == WAITING).values(status=HELD)


def claim(
    connection: Connection,
    lease: Lease,
    now: datetime,
    limit: int,
    *,
    busy: Collection[str] = (),
    free_window: float | None = None,
    rules: unasked.Rules = ALWAYS,
) -> Batch:
    """Claim at most `limit` due rows, each of another chat, none of a chat in `busy`; replies first.

    Rows past their last moment end here; with `free_window` (seconds) a row whose citizen has not written for longer is held until they
    do, and what was to be told there goes to the call list unless somebody else hears it (`calls`). What the bot says on its own leaves
    by `rules`. `limit` 0 claims nothing and still says when the next row falls due.
    """
    account = lease.account
    rows: list[Claimed] = []
    first: list[Any] = []
    skip = set(busy)
    while len(rows) < limit:
        wanted = (limit - len(rows)) * 2
        query = _DUE.limit(wanted)
        if skip:
            query = query.where(outbox.c.chat_id.notin_(sorted(skip)))
        found = connection.execute(query, bound(account, now=now)).all()
        expired = [row for row in found if row.expires_at <= now]
        if expired:
            connection.execute(_EXPIRED, [bound(account, i=row.chat_id, l=row.line, now=now) for row in expired])
        alive = [row for row in found if row.expires_at > now]
        shut = _shut(connection, account, {row.chat_id for row in alive}, now, free_window)
        if shut:
            held = [row for row in alive if row.chat_id in shut]
            _hold(connection, account, held)
            calls.undelivered(connection, account, held, "window", now, rules.windows)
        alive = [row for row in alive if row.chat_id not in shut]
        unasked_for = [row for row in alive if row.kind != "reply" and row.priority != REPLY_PRIORITY]
        verdict = unasked.judge(connection, account, unasked_for, now, rules)
        skip |= verdict.busy
        may_go = {id(row) for row in verdict.go}
        for row in alive:
            on_its_own = row.kind != "reply" and row.priority != REPLY_PRIORITY
            if row.chat_id in skip or len(rows) == limit or (on_its_own and id(row) not in may_go):
                continue
            skip.add(row.chat_id)
            if on_its_own and row.attempts == 0:
                first.append(row)
            rows.append(
                Claimed(
                    row.chat_id,
                    row.line,
                    row.kind,
                    row.payload,
                    row.attempts + 1,
                    row.parts,
                    row.repeated,
                    row.expires_at,
                )
            )
        if len(found) < wanted:
            break
    if rows:
        connection.execute(_CLAIM, [bound(account, i=r.chat, l=r.line, t=lease.token) for r in rows])
        unasked.leaving(connection, account, first, now)
        _first_lines(connection, account, [r for r in rows if r.attempts == 1 and r.kind != "reply"], now)
    next_due = None if rows else connection.execute(_NEXT, bound(account)).scalar_one()
    return Batch(rows, next_due)


def _shut(
    connection: Connection, account: AccountKey, chat_ids: set[str], now: datetime, free_window: float | None
) -> set[str]:
    if free_window is None or not chat_ids:
        return set()
    oldest = now - timedelta(seconds=free_window)
    open_ = connection.execute(
        select(chats.c.chat_id).where(
            of_account(chats), chats.c.chat_id.in_(sorted(chat_ids)), chats.c.last_in_at > oldest
        ),
        bound(account),
    ).scalars()
    return chat_ids - set(open_)


def _hold(connection: Connection, account: AccountKey, rows: Sequence[Any]) -> None:
    connection.execute(_HOLD, [bound(account, i=row.chat_id, l=row.line) for row in rows])
    connection.execute(
        update(chats).where(THIS_CHAT).values(held=True),
        [bound(account, i=chat) for chat in sorted({row.chat_id for row in rows})],
    )


def _first_lines(connection: Connection, account: AccountKey, rows: Sequence[Claimed], now: datetime) -> None:
    """What the bot sends on its own stands in the transcript from the moment it leaves; a reply stands there since its turn."""
    if rows:
        key = {"unit_id": account.unit, "channel": account.channel, "account": account.account}
        connection.execute(
            insert(messages),
            [
                {
                    **key,
                    "chat_id": r.chat,
                    "line": r.line,
                    "incoming": False,
                    "at": now,
                    "kind": r.kind,
                    "text": "",
                    "payload": r.payload,
                }
                for r in rows
            ],
        )


def recover(connection: Connection, lease: Lease, now: datetime, *, known: Iterable[tuple[str, int]] = ()) -> int:
    """Take up rows that somebody claimed and never settled, but for `known` (chat, line). Gives how many.

    Nobody can say whether they left. A reply goes again; an announcement does not.
    """
    stuck = connection.execute(
        select(outbox.c.chat_id, outbox.c.line, outbox.c.kind, outbox.c.attempts).where(
            of_account(outbox), outbox.c.status == SENDING
        ),
        bound(lease.account),
    ).all()
    mine = set(known)
    count = 0
    for row in stuck:
        if (row.chat_id, row.line) in mine:
            continue
        values: dict[str, Any] = {"status": WAITING}  # due as before: behind it wait its chat's later rows
        if row.attempts >= MOST_TRIES:
            values = {"status": "dead", "done_at": now, "error": "the process ended at every try"}
        elif row.kind not in REPEATED:
            values = {"status": "perhaps", "done_at": now, "error": "the process ended while it was sent"}
        connection.execute(update(outbox).where(ROW).values(values), bound(lease.account, i=row.chat_id, l=row.line))
        count += 1
    return count
