"""What is kept only for a while goes, in short transactions, and nothing else does."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import func, insert, select

from bot.store import AccountKey, ChatKey, Store
from bot.store.retention import STEP, Keep, steps, sweep
from bot.store.schema import chats, messages, outbox, seen
from bot.store.turns import Changes
from handlers.messages import Reply, to_json

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
DAY = timedelta(days=1)


def talk(
    store: Store, chat: str, at: datetime, *, unit: str = "mau", status: str = "sent", erase: bool = False
) -> None:
    """One turn of `chat` at a moment; its reply ends as `status`."""
    key = ChatKey(unit, "web", unit, chat)

    def work(connection: object) -> None:
        store.turns.unseen(connection, [(key.of, f"{chat}{at}")], at)  # type: ignore[arg-type]
        rows = store.turns.lock(connection, [key], at)  # type: ignore[arg-type]
        row, changes = rows[key], Changes(at)
        row.last_in_at, row.state, row.forget = at, "{}", False
        changes.hear(row, "text", "hỏi")
        if erase:
            changes.erase(row)
        changes.say(row, json.dumps(to_json(Reply("đáp"))), due_at=at, expires_at=at + DAY)
        store.turns.save(connection, rows.values(), changes)  # type: ignore[arg-type]
        connection.execute(  # type: ignore[attr-defined]
            outbox.update()
            .where(outbox.c.chat_id == chat, outbox.c.status == "waiting")
            .values(status=status, done_at=at if status == "sent" else None)
        )

    store.transact(work)


def clean(store: Store, unit: str = "mau", now: datetime = NOW) -> int:
    """One clean-up; gives the number of transactions."""
    count = 0
    for statement in steps(unit, now, Keep()):
        more = True
        while more:
            more = store.transact(partial(sweep, statement=statement))
            count += 1
    return count


def left(store: Store) -> Counter[str]:
    with store.engine.connect() as connection:
        tables = (chats, messages, outbox, seen)
        return Counter({t.name: connection.execute(select(func.count()).select_from(t)).scalar_one() for t in tables})


@pytest.mark.parametrize(
    ("age", "kept"),
    [
        (timedelta(hours=1), {"chats": 1, "messages": 2, "outbox": 1, "seen": 1}),
        (8 * DAY, {"chats": 1, "messages": 2, "seen": 1}),
        (15 * DAY, {"chats": 1, "messages": 2}),
        (31 * DAY, {}),
    ],
)
def test_each_thing_is_kept_for_its_time(store: Store, age: timedelta, kept: dict[str, int]) -> None:
    talk(store, "c1", NOW - age)
    clean(store)
    assert left(store) == Counter(kept)


def test_a_conversation_of_yesterday_no_longer_remembers_what_was_asked(store: Store) -> None:
    talk(store, "old", NOW - timedelta(hours=25))
    talk(store, "new", NOW - timedelta(hours=23))
    clean(store)
    with store.engine.connect() as connection:
        states = {row[0]: row[1] for row in connection.execute(select(chats.c.chat_id, chats.c.state))}
    assert states == {"old": "", "new": "{}"}


def test_an_erased_chat_is_gone_after_an_hour_unless_they_write_again(store: Store) -> None:
    talk(store, "gone", NOW - timedelta(hours=2), erase=True)
    talk(store, "recent", NOW - timedelta(minutes=10), erase=True)
    talk(store, "back", NOW - timedelta(hours=2), erase=True)
    talk(store, "back", NOW - timedelta(hours=1))
    clean(store)
    with store.engine.connect() as connection:
        for table in (chats, messages, outbox):
            assert set(connection.execute(select(table.c.chat_id)).scalars()) == {"recent", "back"}


def test_what_still_waits_keeps_its_chat_until_its_last_moment(store: Store) -> None:
    talk(store, "c1", NOW - 31 * DAY, status="held")
    talk(store, "c2", NOW - timedelta(hours=2), status="waiting", erase=True)
    clean(store, now=NOW)
    with store.engine.connect() as connection:
        found = {row[0]: row[1] for row in connection.execute(select(outbox.c.chat_id, outbox.c.status))}
    assert found == {"c1": "expired", "c2": "waiting"}


def test_another_unit_is_left_alone(store: Store) -> None:
    talk(store, "c1", NOW - 40 * DAY, unit="khac")
    clean(store)
    assert left(store)["messages"] == 2
    clean(store, "khac")
    assert left(store)["messages"] == 0


def test_a_big_clean_up_goes_in_steps(store: Store) -> None:
    old = NOW - 40 * DAY
    rows = [
        {"unit_id": "mau", "channel": "web", "account": "mau", "update_id": str(n), "at": old} for n in range(STEP * 3)
    ]
    with store.engine.begin() as connection:
        connection.execute(insert(seen), rows)
    assert store.transact(lambda c: store.turns.unseen(c, [(AccountKey("mau", "web", "mau"), "1")], NOW)) == [False]
    assert clean(store) > 3
    assert left(store) == Counter()
