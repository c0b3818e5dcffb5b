"""The store's own promises, on both databases."""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import StatementError

from bot.store import AccountKey, ChatKey, Store, claiming, outbox, outcomes, settling
from bot.store.schema import seen
from handlers.messages import Button, Reply, to_json

NOW = datetime(2026, 11, 23, 1, 30, 0, 123456, tzinfo=UTC)
KEY = AccountKey("mau", "web", "mau")


def test_moments_come_back_aware_in_utc_and_sort_across_zones(store: Store) -> None:
    hanoi = timezone(timedelta(hours=7))
    rows = [("b", NOW), ("a", (NOW - timedelta(hours=1)).astimezone(hanoi)), ("c", NOW + timedelta(microseconds=1))]
    key = {"unit_id": "mau", "channel": "web", "account": "mau"}
    with store.engine.begin() as connection:
        connection.execute(insert(seen), [{**key, "update_id": name, "at": at} for name, at in rows])
        found = connection.execute(select(seen.c.update_id, seen.c.at).order_by(seen.c.at)).all()
    assert [name for name, _ in found] == ["a", "b", "c"]
    assert [at for _, at in found] == [NOW - timedelta(hours=1), NOW, NOW + timedelta(microseconds=1)]
    assert {at.tzinfo for _, at in found} == {UTC}


def test_a_moment_without_a_zone_is_refused(store: Store) -> None:
    row = {"unit_id": "mau", "channel": "web", "account": "mau", "update_id": "1", "at": datetime(2026, 1, 1)}  # noqa: DTZ001
    with store.engine.begin() as connection, pytest.raises(StatementError, match="time zone"):
        connection.execute(insert(seen), row)


def test_an_error_of_the_database_never_shows_what_was_written(store: Store) -> None:
    key = {"unit_id": "mau", "channel": "web", "account": "mau", "update_id": "bí mật 0905123456", "at": NOW}
    with pytest.raises(Exception, match="seen") as caught, store.engine.begin() as connection:
        connection.execute(insert(seen), key)
        connection.execute(insert(seen), key)
    # The driver's own words stay inside the statement's error, which is never logged whole (bot/conversation.py).
    assert "[SQL parameters hidden" in str(caught.value)


def test_sqlite_syncs_every_commit_and_writes_ahead(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path / 'motcua.db'}")
    with store.engine.connect() as connection:
        pragmas = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "synchronous")
        }
    store.close()
    assert pragmas == {"journal_mode": "wal", "synchronous": 2}


def test_reading_does_not_wait_for_a_writer(store: Store) -> None:
    with store.engine.begin() as connection:
        store.turns.lock(connection, [ChatKey("mau", "web", "mau", "c1")], NOW)
        assert store.transcript("mau", "web", "mau", "c1") == []
        assert store.alive()


def test_a_transcript_is_read_onwards_and_from_its_end(store: Store) -> None:
    chat = ChatKey("mau", "web", "mau", "c1")
    reply = Reply("đáp", buttons=(Button("Lệ phí", "p1.1.001193.fee"),))
    say = partial(outbox.push, payload=to_json(reply), now=NOW, expires_at=NOW + timedelta(days=1))

    def work(connection: object) -> None:
        from bot.store import leases

        for _ in range(5):
            say(connection, store.dialect, chat, "notice")  # type: ignore[arg-type]
        lease = leases.acquire(connection, store.dialect, KEY, "A", NOW)  # type: ignore[arg-type]
        for n in range(5):  # each carries choices, and the next waits until nobody is choosing any more
            rows = claiming.claim(connection, lease, NOW + n * timedelta(minutes=11), 9).rows  # type: ignore[arg-type]
            settling.settle(connection, lease, [outcomes.Sent(r.chat, r.line, "") for r in rows], NOW)  # type: ignore[arg-type]

    store.transact(work)
    lines = store.transcript("mau", "web", "mau", "c1")
    assert [line.id for line in lines] == [1, 2, 3, 4, 5]
    assert lines[0].payload == to_json(reply)
    assert (lines[0].text, lines[0].incoming, lines[0].at) == ("đáp", False, NOW)
    assert [line.id for line in store.transcript("mau", "web", "mau", "c1", after=2, limit=2)] == [3, 4]
    assert [line.id for line in store.transcript("mau", "web", "mau", "c1", limit=2, newest=True)] == [4, 5]
    assert store.transcript("mau", "web", "mau", "ai khác") == []
    depth = store.transact(lambda c: outbox.depth(c, KEY), reading=True)
    assert depth == {"sent": 5}


async def test_another_process_is_woken_by_what_this_one_writes(postgres: object, database_url: str) -> None:
    if not database_url.startswith("postgresql"):
        pytest.skip("a SQLite file has one process")
    here, there = Store.open(database_url), Store.open(database_url)
    rung = asyncio.Event()
    loop = asyncio.get_running_loop()
    there.wakeups.subscribe(KEY, lambda: loop.call_soon_threadsafe(rung.set) and None)
    listening = asyncio.create_task(there.listen())
    await asyncio.wait_for(rung.wait(), 5)  # the first ring: it listens now
    chat = ChatKey("mau", "web", "mau", "c1")
    for cut in (False, True):
        if cut:  # the connection that listens is cut: it comes back by itself
            with here.engine.connect() as connection:
                connection.execute(
                    text(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                        "WHERE query LIKE 'LISTEN%' AND datname = current_database()"
                    )
                )
            rung.clear()
            await asyncio.wait_for(rung.wait(), 8)
        rung.clear()
        here.transact(
            lambda c: outbox.push(
                c, here.dialect, chat, "notice", to_json(Reply("x")), NOW, expires_at=NOW + timedelta(days=1)
            )
        )
        await asyncio.wait_for(rung.wait(), 5)
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    here.close()
    there.close()


def test_a_commit_survives_the_process_that_made_it(database_url: str) -> None:
    """Killed right behind the commit, without any chance to close."""
    import subprocess

    code = (
        "import os, signal, sys\n"
        "from datetime import UTC, datetime\n"
        "from bot.store import AccountKey, Store\n"
        "store = Store.open(sys.argv[1])\n"
        "update = (AccountKey('mau', 'web', 'mau'), '7')\n"
        "store.transact(lambda c: store.turns.unseen(c, [update], datetime.now(UTC)))\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, database_url], env=os.environ, timeout=60, check=False)
    assert done.returncode == -9
    store = Store.open(database_url)
    assert store.transact(lambda c: store.turns.unseen(c, [(KEY, "7"), (KEY, "8")], NOW)) == [False, True]
    store.close()
