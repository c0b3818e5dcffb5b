"""The runner: jobs are done when they are due, broken ones again, a killed process's by the next; in effect once."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
import textwrap
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.clock import utc_now
from bot.jobs import Jobs, Work
from bot.store import Store, jobs
from bot.store.dossier_tables import counts
from bot.store.dossier_tables import jobs as table
from bot.store.jobs import Job


def add(store: Store, name: str = "one", *, seconds: float = 0, payload: dict[str, Any] | None = None) -> None:
    now = utc_now()
    at = now + timedelta(seconds=seconds)
    store.transact(lambda c: jobs.add(c, store.dialect, "mau", name, "photo", payload=payload, due_at=at, now=now))
    store.wakeups.ring([jobs.BELL])


@asynccontextmanager
async def running(store: Store, work: Work, **more: Any) -> AsyncIterator[Jobs]:
    """A runner that is stopped at the end."""
    runner = Jobs(store, ["mau"], {"photo": work}, **{"poll": 0.5, "first": 0.05, **more})
    task = asyncio.create_task(runner.run())
    try:
        yield runner
    finally:
        await runner.stop(1.0)
        await task


async def until(happened: Callable[[], bool], seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while not happened():
            await asyncio.sleep(0.01)


def left(store: Store) -> int:
    return store.transact(lambda c: c.execute(select(func.count()).select_from(table)).scalar_one(), reading=True)


async def test_a_job_added_now_is_done_at_once(store: Store) -> None:
    seen: list[Job] = []

    async def do(job: Job) -> None:
        seen.append(job)

    async with running(store, Work(do), poll=30):
        await asyncio.sleep(0.1)
        began = time.monotonic()
        add(store, payload={"chat": "7"})
        await until(lambda: bool(seen))
        assert time.monotonic() - began < 0.5
        await until(lambda: left(store) == 0)
    assert [(job.unit, job.payload) for job in seen] == [("mau", {"chat": "7"})]


async def test_a_job_is_done_at_its_time_and_again_at_the_one_it_names(store: Store) -> None:
    moments: list[float] = []

    async def do(_job: Job) -> datetime | None:
        moments.append(time.monotonic())
        return utc_now() + timedelta(seconds=0.3) if len(moments) == 1 else None

    async with running(store, Work(do), poll=30):
        began = time.monotonic()
        add(store, seconds=0.3)
        await until(lambda: left(store) == 0)
    assert 0.25 < moments[0] - began < 0.8
    assert 0.25 < moments[1] - moments[0] < 0.8


async def test_a_job_that_breaks_is_tried_again_and_given_up_in_the_end(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    tries: list[int] = []

    async def do(job: Job) -> None:
        tries.append(job.attempts)
        raise ValueError(job.name)

    with caplog.at_level(logging.WARNING, "bot.jobs"):
        async with running(store, Work(do, tries=3)):
            add(store, "photo:abc")
            await until(lambda: left(store) == 0)
    assert tries == [1, 2, 3]
    assert "given up" in caplog.text
    assert "abc" not in caplog.text


async def test_what_the_clock_starts_is_never_given_up(store: Store) -> None:
    tries: list[int] = []

    async def do(job: Job) -> None:
        tries.append(job.attempts)
        if len(tries) < 8:
            raise ValueError

    async with running(store, Work(do, tries=None), first=0.001):
        add(store)
        await until(lambda: left(store) == 0)
    assert tries == list(range(1, 9))


async def test_one_that_hangs_holds_up_nobody_and_is_broken_off(store: Store) -> None:
    done: list[str] = []

    async def do(job: Job) -> None:
        if job.name == "hangs" and job.attempts == 1:
            await asyncio.sleep(60)
        done.append(job.name)

    async with running(store, Work(do, longest=0.3), at_once=2):
        add(store, "hangs")
        for n in range(5):
            add(store, f"job {n}")
        await until(lambda: left(store) == 0)
    assert sorted(done) == ["hangs", *(f"job {n}" for n in range(5))]
    assert done[-1] == "hangs"


async def test_no_more_than_wanted_are_done_side_by_side(store: Store) -> None:
    now = most = 0

    async def do(_job: Job) -> None:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.05)
        now -= 1

    async with running(store, Work(do), at_once=3):
        for n in range(12):
            add(store, f"job {n}")
        await until(lambda: left(store) == 0)
    assert most == 3


async def test_at_the_end_what_is_being_done_is_given_back_and_the_next_does_it(store: Store) -> None:
    begun: list[int] = []

    async def slow(job: Job) -> None:
        begun.append(job.attempts)
        await asyncio.sleep(60)

    async def quick(job: Job) -> None:
        begun.append(job.attempts)

    first = Jobs(store, ["mau"], {"photo": Work(slow)}, holder="first")
    task = asyncio.create_task(first.run())
    add(store)
    await until(lambda: bool(begun))
    await first.stop(0.05)
    await task
    async with running(store, Work(quick), holder="second"):
        await until(lambda: left(store) == 0)
    assert begun == [1, 1]


async def test_what_another_process_added_is_found_without_a_bell(store: Store) -> None:
    done: list[str] = []

    async def do(job: Job) -> None:
        done.append(job.name)

    async with running(store, Work(do), poll=0.2):
        await asyncio.sleep(0.1)
        now = utc_now()
        await store.run(
            lambda: store.transact(lambda c: jobs.add(c, store.dialect, "mau", "quiet", "photo", due_at=now, now=now))
        )
        await until(lambda: bool(done))


CHILD = """
import asyncio, os, sys
from datetime import date
from bot.jobs import Jobs, Work
from bot.store import Store, jobs
from bot.store.dossier_tables import counts

store = Store.open(sys.argv[1])

def once(connection):
    # As a turn does it: the effect and the note that it was done, in one transaction.
    new = connection.execute(
        store.dialect.insert(counts).on_conflict_do_nothing().returning(counts.c.name),
        {"unit_id": "mau", "name": "effect", "day": date(2026, 11, 23), "number": 1},
    ).all()
    print("effect" if new else "seen", flush=True)

async def do(job):
    if sys.argv[2] == "before":
        os.kill(os.getpid(), 9)
    await store.run(lambda: store.transact(once))
    if sys.argv[2] == "after":
        os.kill(os.getpid(), 9)

async def main():
    runner = Jobs(store, ["mau"], {"photo": Work(do)}, poll=0.1)
    task = asyncio.create_task(runner.run())
    while store.transact(lambda c: jobs.due(c, ["mau"], ["photo"], runner._clock()), reading=True) or runner._running:
        await asyncio.sleep(0.02)
    await runner.stop(1)
    await task

asyncio.run(main())
"""


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_process_killed_in_the_middle_of_a_job_does_nothing_twice_and_loses_nothing(
    database_url: str, tmp_path: Path, moment: str
) -> None:
    script = tmp_path / "child.py"
    script.write_text(textwrap.dedent(CHILD), encoding="utf-8")
    store = Store.open(database_url)
    add(store)

    def child(when: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, str(script), database_url, when], capture_output=True, text=True, timeout=60
        )

    killed = child(moment)
    assert killed.returncode == -9, killed.stderr
    assert left(store) == 1
    went_on = child("never")
    assert went_on.returncode == 0, went_on.stderr
    said = killed.stdout.split() + went_on.stdout.split()
    assert said == (["effect"] if moment == "before" else ["effect", "seen"])
    assert left(store) == 0
    with store.engine.connect() as connection:
        assert connection.execute(select(counts.c.number)).scalars().all() == [1]
    store.close()
