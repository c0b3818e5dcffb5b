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
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, and_, bindparam, delete, func, insert, or_, select, update

from bot.store.dialects import Dialect
from bot.store.keys import AccountKey, ChatKey
from bot.store.leases import Lease
from bot.store.schema import chats, messages, outbox
from bot.store.turns import HELD, REPLY_PRIORITY, SENDING, WAITING, ChatRow, Turns

Kind = Literal["reply", "notice", "reminder", "announcement"]
PRIORITY: dict[str, int] = {"reply": REPLY_PRIORITY, "notice": 1, "reminder": 2, "announcement": 3}
# Sent a second time when nobody knows whether it arrived: better twice than never. The others: better never than twice.
REPEATED = frozenset({"reply", "notice"})
MOST_TRIES = 50  # a row that takes the process down with it ends here


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row to be sent now. `parts` wire messages of it have left already; `repeated`: it has had its second try."""

    chat: str
    line: int
    kind: str
    payload: str
    attempts: int
    parts: int
    repeated: bool
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """All of it left; `platform_id` is the platform's id of the last wire message."""

    chat: str
    line: int
    platform_id: str


@dataclass(frozen=True, slots=True)
class Progress:
    """`parts` wire messages have left, more follow."""

    chat: str
    line: int
    parts: int


@dataclass(frozen=True, slots=True)
class Later:
    """Try again at `due_at`. `whole_chat`: until then nothing leaves for the chat; else only rows of its priority or below wait.

    `repeated` marks the second try after an unknown outcome; `attempted` is False when nothing was tried (the account is shut).
    """

    chat: str
    line: int
    due_at: datetime
    error: str
    whole_chat: bool = False
    repeated: bool = False
    attempted: bool = True


@dataclass(frozen=True, slots=True)
class Ended:
    """The row is done without success."""

    chat: str
    line: int
    status: Literal["dead", "perhaps", "expired"]
    error: str


@dataclass(frozen=True, slots=True)
class Gone:
    """The chat is gone: all its rows end."""

    chat: str
    line: int
    error: str


@dataclass(frozen=True, slots=True)
class Moved:
    """The chat lives under a new id: its rows and its state follow."""

    chat: str
    line: int
    new_chat: str


Outcome = Sent | Progress | Later | Ended | Gone | Moved


@dataclass(frozen=True, slots=True)
class Batch:
    """What a claim gave: rows of different chats, whether more are due, and when the next one falls due (None: none waits)."""

    rows: list[Claimed]
    next_due: datetime | None


def _account(table: Any) -> Any:
    return and_(table.c.unit_id == bindparam("u"), table.c.channel == bindparam("c"), table.c.account == bindparam("a"))


def _bound(account: AccountKey, **more: Any) -> dict[str, Any]:
    return {"u": account.unit, "c": account.channel, "a": account.account, **more}


_CHAT = and_(_account(outbox), outbox.c.chat_id == bindparam("i"))
_ROW = and_(_CHAT, outbox.c.line == bindparam("l"))
_MINE = and_(_ROW, outbox.c.status == SENDING, outbox.c.token == bindparam("t"))
_PENDING = outbox.c.status.in_((WAITING, HELD))

_DUE = (
    select(
        outbox.c.chat_id,
        outbox.c.line,
        outbox.c.kind,
        outbox.c.payload,
        outbox.c.attempts,
        outbox.c.parts,
        outbox.c.repeated,
        outbox.c.expires_at,
        outbox.c.created_at,
    )
    .where(_account(outbox), outbox.c.status == WAITING, outbox.c.due_at <= bindparam("now"))
    .order_by(outbox.c.priority, outbox.c.due_at, outbox.c.line)
    .with_for_update(skip_locked=True)
)
_NEXT = select(func.min(outbox.c.due_at)).where(_account(outbox), outbox.c.status == WAITING)
_CLAIM = update(outbox).where(_ROW).values(status=SENDING, token=bindparam("t"), attempts=outbox.c.attempts + 1)
_SENT = (
    update(outbox).where(_MINE).values(status="sent", done_at=bindparam("now"), platform_id=bindparam("p"), error=None)
)
_PROGRESS = update(outbox).where(_MINE).values(parts=bindparam("n"))
_LATER = (
    update(outbox)
    .where(_MINE)
    .values(
        status=WAITING,
        due_at=bindparam("due"),
        error=bindparam("e"),
        repeated=bindparam("r"),
        attempts=outbox.c.attempts - bindparam("back"),
    )
    .returning(outbox.c.priority)
)
_BACK = update(outbox).where(_MINE).values(status=WAITING, attempts=outbox.c.attempts - 1)
_BEHIND = (
    update(outbox)
    .where(_CHAT, outbox.c.status == WAITING, outbox.c.due_at < bindparam("due"), outbox.c.priority >= bindparam("pr"))
    .values(due_at=bindparam("due"))
)
_ENDED = update(outbox).where(_MINE).values(status=bindparam("s"), done_at=bindparam("now"), error=bindparam("e"))
_EXPIRED = update(outbox).where(_ROW, outbox.c.status == WAITING).values(status="expired", done_at=bindparam("now"))
_HOLD = update(outbox).where(_ROW, outbox.c.status == WAITING).values(status=HELD)
_GONE = (
    update(outbox)
    .where(_CHAT, or_(_PENDING, and_(outbox.c.status == SENDING, outbox.c.token == bindparam("t"))))
    .values(status="gone", done_at=bindparam("now"), error=bindparam("e"))
)
_THIS_CHAT = and_(_account(chats), chats.c.chat_id == bindparam("i"))


def settle(connection: Connection, lease: Lease, outcomes: Sequence[Outcome], now: datetime) -> None:
    """Write what became of claimed rows. A row that is no longer this lease's (erased, taken over) is left alone."""
    base = _bound(lease.account, t=lease.token)

    def row(outcome: Outcome, **more: Any) -> dict[str, Any]:
        return {**base, "i": outcome.chat, "l": outcome.line, **more}

    sent = [row(o, now=now, p=o.platform_id[:128]) for o in outcomes if isinstance(o, Sent)]
    if sent:
        connection.execute(_SENT, sent)
    moving = [o for o in outcomes if isinstance(o, Progress)]
    if moving:
        connection.execute(_PROGRESS, [row(o, n=o.parts) for o in moving])
    for outcome in outcomes:
        match outcome:
            case Later():
                _settle_later(connection, outcome, row(outcome))
            case Ended():
                connection.execute(_ENDED, row(outcome, now=now, s=outcome.status, e=outcome.error[:200]))
            case Gone():
                connection.execute(_GONE, {**base, "i": outcome.chat, "now": now, "e": outcome.error[:200]})
                connection.execute(
                    update(chats).where(_THIS_CHAT).values(gone_at=now, held=False),
                    {**_bound(lease.account), "i": outcome.chat},
                )
            case Moved():
                connection.execute(_BACK, row(outcome))
                _move(connection, lease.account, outcome)


def _settle_later(connection: Connection, outcome: Later, row: dict[str, Any]) -> None:
    back = 0 if outcome.attempted else 1
    bound = {**row, "due": outcome.due_at, "e": outcome.error[:200], "r": outcome.repeated, "back": back}
    priority = connection.execute(_LATER, bound).scalar_one_or_none()
    if priority is None:
        return
    if outcome.whole_chat:
        priority = REPLY_PRIORITY
    # Rows that wait behind it move along, so that the order in the chat holds across a restart as well.
    connection.execute(_BEHIND, {**row, "due": outcome.due_at, "pr": priority})
    if priority == REPLY_PRIORITY:
        connection.execute(update(chats).where(_THIS_CHAT).values(wait_until=outcome.due_at), row)


def _move(connection: Connection, account: AccountKey, moved: Moved) -> None:
    """The old chat's lines get numbers behind the new chat's own, in their order."""
    old, new = _bound(account, i=moved.chat), _bound(account, i=moved.new_chat)
    source = connection.execute(select(chats).where(_THIS_CHAT).with_for_update(), old).mappings().one_or_none()
    target = connection.execute(select(chats).where(_THIS_CHAT).with_for_update(), new).mappings().one_or_none()
    if source is None:
        return
    shift = target["line"] if target else 0
    for table in (messages, outbox):
        connection.execute(
            update(table)
            .where(_account(table), table.c.chat_id == bindparam("i"))
            .values(chat_id=moved.new_chat, line=table.c.line + shift),
            old,
        )
    if target:
        values = {"line": shift + source["line"], "held": source["held"] or target["held"]}
        connection.execute(update(chats).where(_THIS_CHAT).values(values), new)
    else:
        connection.execute(insert(chats), {**source, "chat_id": moved.new_chat})
    connection.execute(delete(chats).where(_THIS_CHAT), old)


def claim(
    connection: Connection,
    lease: Lease,
    now: datetime,
    limit: int,
    *,
    busy: Collection[str] = (),
    free_window: float | None = None,
) -> Batch:
    """Claim at most `limit` due rows, each of another chat, none of a chat in `busy`; replies first.

    Rows past their last moment end here; with `free_window` (seconds) a row whose citizen has not written for longer is held until they
    do. `limit` 0 claims nothing and still says when the next row falls due.
    """
    account = lease.account
    rows: list[Claimed] = []
    skip = set(busy)
    while len(rows) < limit:
        wanted = (limit - len(rows)) * 2
        query = _DUE.limit(wanted)
        if skip:
            query = query.where(outbox.c.chat_id.notin_(sorted(skip)))
        found = connection.execute(query, _bound(account, now=now)).all()
        expired = [row for row in found if row.expires_at <= now]
        if expired:
            connection.execute(_EXPIRED, [_bound(account, i=row.chat_id, l=row.line, now=now) for row in expired])
        alive = [row for row in found if row.expires_at > now]
        shut = _shut(connection, account, {row.chat_id for row in alive}, now, free_window)
        if shut:
            _hold(connection, account, [row for row in alive if row.chat_id in shut])
        for row in alive:
            if row.chat_id in skip or row.chat_id in shut or len(rows) == limit:
                continue
            skip.add(row.chat_id)
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
        connection.execute(_CLAIM, [_bound(account, i=r.chat, l=r.line, t=lease.token) for r in rows])
        _first_lines(connection, account, [r for r in rows if r.attempts == 1 and r.kind != "reply"], now)
    next_due = None if rows else connection.execute(_NEXT, _bound(account)).scalar_one()
    return Batch(rows, next_due)


def _shut(
    connection: Connection, account: AccountKey, chat_ids: set[str], now: datetime, free_window: float | None
) -> set[str]:
    if free_window is None or not chat_ids:
        return set()
    oldest = now - timedelta(seconds=free_window)
    open_ = connection.execute(
        select(chats.c.chat_id).where(
            _account(chats), chats.c.chat_id.in_(sorted(chat_ids)), chats.c.last_in_at > oldest
        ),
        _bound(account),
    ).scalars()
    return chat_ids - set(open_)


def _hold(connection: Connection, account: AccountKey, rows: Sequence[Any]) -> None:
    connection.execute(_HOLD, [_bound(account, i=row.chat_id, l=row.line) for row in rows])
    connection.execute(
        update(chats).where(_THIS_CHAT).values(held=True),
        [_bound(account, i=chat) for chat in sorted({row.chat_id for row in rows})],
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
            _account(outbox), outbox.c.status == SENDING
        ),
        _bound(lease.account),
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
        connection.execute(update(outbox).where(_ROW).values(values), _bound(lease.account, i=row.chat_id, l=row.line))
        count += 1
    return count


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
    connection.execute(update(chats).where(_THIS_CHAT).values(line=line), _bound(chat.of, i=chat.chat))
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
        .where(outbox.c.unit_id == unit, outbox.c.cancel_key == cancel_key, _PENDING)
        .values(status="cancelled", done_at=now)
        .returning(outbox.c.line)
    ).all()
    return len(ended)


def chat_left(connection: Connection, chat: ChatKey, now: datetime) -> None:
    """The citizen has blocked us (the platform told): what waits for the chat ends. Nothing happens in a chat nobody knows."""
    connection.execute(
        update(outbox).where(_CHAT, _PENDING).values(status="gone", done_at=now, error="the chat was left"),
        _bound(chat.of, i=chat.chat),
    )
    connection.execute(update(chats).where(_THIS_CHAT).values(gone_at=now, held=False), _bound(chat.of, i=chat.chat))


def chat_back(connection: Connection, chat: ChatKey) -> None:
    """The citizen lets us write again."""
    connection.execute(update(chats).where(_THIS_CHAT).values(gone_at=None), _bound(chat.of, i=chat.chat))


def depth(connection: Connection, account: AccountKey) -> dict[str, int]:
    """How many rows of an account stand in each status, for /metrics."""
    found = connection.execute(
        select(outbox.c.status, func.count()).where(_account(outbox)).group_by(outbox.c.status), _bound(account)
    ).all()
    return {status: int(number) for status, number in found}
