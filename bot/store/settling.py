"""Writing what became of claimed rows. Only the holder of the lease may (`leases.check` in the same transaction)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Table, and_, bindparam, delete, exists, insert, or_, select, update

from bot.store import calls
from bot.store.clauses import IN_CHAT, MINE, PENDING, SENDING, THIS_CHAT, WAITING, bound, of_account, of_chat
from bot.store.dossier_tables import consents, watches
from bot.store.keys import AccountKey
from bot.store.leases import Lease
from bot.store.outcomes import Ended, Gone, Later, Moved, Outcome, Progress, Sent
from bot.store.schema import chats, messages, outbox
from bot.store.turns import REPLY_PRIORITY

_SENT = (
    update(outbox).where(MINE).values(status="sent", done_at=bindparam("now"), platform_id=bindparam("p"), error=None)
)
_PROGRESS = update(outbox).where(MINE).values(parts=bindparam("n"))
_LATER = (
    update(outbox)
    .where(MINE)
    .values(
        status=WAITING,
        due_at=bindparam("due"),
        error=bindparam("e"),
        repeated=bindparam("r"),
        attempts=outbox.c.attempts - bindparam("back"),
    )
    .returning(outbox.c.priority)
)
_BACK = update(outbox).where(MINE).values(status=WAITING, attempts=outbox.c.attempts - 1)
_BEHIND = (
    update(outbox)
    .where(
        IN_CHAT, outbox.c.status == WAITING, outbox.c.due_at < bindparam("due"), outbox.c.priority >= bindparam("pr")
    )
    .values(due_at=bindparam("due"))
)
_TOLD = (outbox.c.chat_id, outbox.c.cancel_key, outbox.c.payload)
_ENDED = (
    update(outbox)
    .where(MINE)
    .values(status=bindparam("s"), done_at=bindparam("now"), error=bindparam("e"))
    .returning(*_TOLD)
)
_GONE = (
    update(outbox)
    .where(IN_CHAT, or_(PENDING, and_(outbox.c.status == SENDING, outbox.c.token == bindparam("t"))))
    .values(status="gone", done_at=bindparam("now"), error=bindparam("e"))
    .returning(*_TOLD)
)


def settle(
    connection: Connection,
    lease: Lease,
    outcomes: Sequence[Outcome],
    now: datetime,
    windows: Mapping[str, float | None] = MappingProxyType({}),
) -> None:
    """Write what became of claimed rows. A row that is no longer this lease's (erased, taken over) is left alone.

    A notice that nobody will get goes to the call list, unless another chat hears it (`windows`: see `calls.undelivered`).
    """
    base = bound(lease.account, t=lease.token)

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
                ended = connection.execute(_ENDED, row(outcome, now=now, s=outcome.status, e=outcome.error[:200])).all()
                if outcome.status == "dead":
                    calls.undelivered(connection, lease.account, ended, "refused", now, windows)
            case Gone():
                gone = connection.execute(
                    _GONE, {**base, "i": outcome.chat, "now": now, "e": outcome.error[:200]}
                ).all()
                connection.execute(
                    update(chats).where(THIS_CHAT).values(gone_at=now, held=False),
                    {**bound(lease.account), "i": outcome.chat},
                )
                calls.undelivered(connection, lease.account, gone, "blocked", now, windows)
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
    if priority == REPLY_PRIORITY:
        # First of all: a turn that is just adding a reply holds this row, and what it adds must be seen below.
        connection.execute(update(chats).where(THIS_CHAT).values(wait_until=outcome.due_at), row)
    # Rows that wait behind it move along, so that the order in the chat holds across a restart as well.
    connection.execute(_BEHIND, {**row, "due": outcome.due_at, "pr": priority})


def _move(connection: Connection, account: AccountKey, moved: Moved) -> None:
    """The old chat's lines get numbers behind the new chat's own, in their order."""
    old, new = bound(account, i=moved.chat), bound(account, i=moved.new_chat)
    source = connection.execute(select(chats).where(THIS_CHAT).with_for_update(), old).mappings().one_or_none()
    target = connection.execute(select(chats).where(THIS_CHAT).with_for_update(), new).mappings().one_or_none()
    if source is None:
        return
    shift = target["line"] if target else 0
    for table in (messages, outbox):
        connection.execute(
            update(table)
            .where(of_account(table), table.c.chat_id == bindparam("i"))
            .values(chat_id=moved.new_chat, line=table.c.line + shift),
            old,
        )
    for table in (watches, consents):
        _follow(connection, table, old, moved.new_chat)
    if target:
        values = {"line": shift + source["line"], "held": source["held"] or target["held"]}
        connection.execute(update(chats).where(THIS_CHAT).values(values), new)
    else:
        connection.execute(insert(chats), {**source, "chat_id": moved.new_chat})
    connection.execute(delete(chats).where(THIS_CHAT), old)


def _follow(connection: Connection, table: Table, old: dict[str, Any], new_chat: str) -> None:
    """Rows of the old chat become the new one's; where it has one already, that stays."""
    mine = of_chat(table)
    rest = [c for c in table.primary_key.columns if c.name not in ("unit_id", "channel", "account", "chat_id")]
    taken = table.alias()
    same = [taken.c[column.name] == column for column in rest]
    there = exists().where(of_account(taken), taken.c.chat_id == new_chat, *same)
    if "chat_id" in table.primary_key.columns:
        connection.execute(delete(table).where(mine, there), old)
    connection.execute(update(table).where(mine).values(chat_id=new_chat), old)
