"""A job is claimed by one, settled by whoever holds it, and never lost: on both databases."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.store import Store, holder, jobs
from bot.store.dossier_tables import jobs as table
from bot.store.jobs import Job

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOLDS = {"photo": MINUTE, "notices": 5 * MINUTE}


def add(store: Store, name: str = "one", *, at: datetime = NOW, now: datetime = NOW, **more: Any) -> None:
    given = {"kind": "photo", **more}
    kind, unit = given.pop("kind"), given.pop("unit", "mau")
    store.transact(lambda c: jobs.add(c, store.dialect, unit, name, kind, due_at=at, now=now, **given))


def claim(store: Store, who: str = "A", at: datetime = NOW, limit: int = 10, **more: Any) -> list[Job]:
    given = {"units": ("mau",), "holds": HOLDS, **more}
    return store.transact(lambda c: jobs.claim(c, given["units"], given["holds"], who, at, limit))


def settle(store: Store, how: Any, job: Job, *args: Any, **more: Any) -> bool:
    return bool(store.transact(lambda c: how(c, job, *args, **more)))


def due(store: Store, at: datetime = NOW) -> datetime | None:
    return store.transact(lambda c: jobs.due(c, ("mau",), HOLDS, at), reading=True)


def left(store: Store) -> int:
    return store.transact(lambda c: c.execute(select(func.count()).select_from(table)).scalar_one(), reading=True)


def test_a_job_is_claimed_when_it_is_due_with_all_it_was_given(store: Store) -> None:
    add(store, at=NOW + MINUTE, payload={"chat": "7", "label": "của mẹ"})
    assert due(store) == NOW + MINUTE
    assert claim(store) == []
    assert claim(store, at=NOW + MINUTE) == [
        Job("mau", "one", "photo", {"chat": "7", "label": "của mẹ"}, NOW + MINUTE, NOW, 1, "A")
    ]


def test_the_longest_due_comes_first_and_no_more_than_wanted(store: Store) -> None:
    for n in range(5):
        add(store, f"job {n}", at=NOW - n * MINUTE)
    assert [job.name for job in claim(store, limit=2)] == ["job 4", "job 3"]


def test_another_unit_s_and_another_kind_of_job_is_left_alone(store: Store) -> None:
    add(store, "elsewhere", unit="ben")
    add(store, "unknown", kind="source")
    assert claim(store) == []
    assert due(store) is None


def test_what_is_held_is_nobody_else_s_until_its_time_is_over(store: Store) -> None:
    add(store)
    add(store, "longer", kind="notices")
    assert len(claim(store, "A")) == 2
    assert claim(store, "B", NOW + MINUTE / 2) == []
    assert due(store) == NOW + MINUTE
    (taken,) = claim(store, "B", NOW + MINUTE)
    assert (taken.name, taken.attempts) == ("one", 2)


def test_many_who_claim_at_once_share_the_jobs_out(store: Store) -> None:
    for n in range(40):
        add(store, f"job {n}")
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(partial(claim, store, limit=5), [f"holder {n}" for n in range(12)]))
    names = [job.name for each in found for job in each]
    assert len(names) == len(set(names))
    names += [job.name for job in claim(store, limit=40)]
    assert sorted(names) == sorted(f"job {n}" for n in range(40))


def test_a_job_that_is_done_is_gone(store: Store) -> None:
    add(store)
    (job,) = claim(store)
    assert settle(store, jobs.done, job)
    assert left(store) == 0


@pytest.mark.parametrize("how", [jobs.done, partial(jobs.again, due_at=NOW), jobs.give_back, jobs.drop])
def test_who_comes_back_late_settles_nothing(store: Store, how: Any) -> None:
    add(store)
    (mine,) = claim(store, "A")
    (theirs,) = claim(store, "B", NOW + MINUTE)
    assert not settle(store, how, mine)
    assert claim(store, "C", NOW + MINUTE) == [], "B holds it still"
    assert settle(store, jobs.done, theirs)


def test_the_same_holder_s_earlier_try_settles_nothing_either(store: Store) -> None:
    add(store)
    (first,) = claim(store, "A")
    (second,) = claim(store, "A", NOW + MINUTE)
    assert not settle(store, jobs.done, first)
    assert settle(store, jobs.done, second)


def test_again_counts_tries_only_where_it_failed(store: Store) -> None:
    add(store)
    for tries in (1, 2):
        (job,) = claim(store)
        assert job.attempts == tries
        assert settle(store, jobs.again, job, NOW, failed=True)
    (job,) = claim(store)
    assert settle(store, jobs.again, job, NOW + MINUTE)
    assert claim(store) == []
    assert claim(store, at=NOW + MINUTE)[0].attempts == 1


def test_what_is_given_back_is_due_as_before_and_its_try_is_not_counted(store: Store) -> None:
    add(store)
    (job,) = claim(store, "A")
    assert settle(store, jobs.give_back, job)
    assert claim(store, "B")[0].attempts == 1


def test_a_job_added_twice_is_one_due_at_the_earlier_moment(store: Store) -> None:
    add(store, at=NOW + MINUTE, payload={"first": True})
    add(store, at=NOW + 2 * MINUTE)
    assert due(store) == NOW + MINUTE
    add(store, at=NOW)
    (job,) = claim(store)
    assert job.payload == {"first": True}
    assert left(store) == 1


def test_a_job_added_again_while_it_is_done_is_done_once_more(store: Store) -> None:
    add(store, at=NOW - MINUTE)
    (job,) = claim(store)
    add(store, at=NOW)
    assert claim(store, "B") == [], "not side by side"
    assert settle(store, jobs.done, job)
    (once_more,) = claim(store, "B")
    assert once_more.attempts == 1
    assert settle(store, jobs.done, once_more)
    assert left(store) == 0


def test_a_job_added_again_is_not_put_off_by_its_own_next_time(store: Store) -> None:
    add(store, at=NOW - MINUTE)
    (job,) = claim(store)
    add(store, at=NOW)
    assert settle(store, jobs.again, job, NOW + 60 * MINUTE)
    assert due(store) == NOW


def test_what_a_dead_process_of_this_machine_held_is_free_at_once(store: Store) -> None:
    if not holder._machine():
        pytest.skip("this system does not say which boot it is")
    code = "from bot.store.holder import this_process; print(this_process(), flush=True); input()"
    child = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdout
    name = child.stdout.readline().strip()
    add(store)
    assert claim(store, name)
    assert claim(store, "B") == [], "it lives"
    child.kill()
    child.communicate()
    assert due(store) == NOW
    (job,) = claim(store, "B")
    assert job.attempts == 2


def test_a_job_is_there_only_if_what_wanted_it_was_committed(store: Store) -> None:
    class Broken(Exception):
        pass

    def half(connection: Any) -> None:
        jobs.add(connection, store.dialect, "mau", "one", "photo", due_at=NOW, now=NOW)
        raise Broken

    with pytest.raises(Broken):
        store.transact(half)
    assert due(store) is None
