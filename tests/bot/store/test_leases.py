"""Who may send: one at a time, told apart by a growing token; what is surely dead is not waited for."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from bot.store import AccountKey, LeaseLost, Store, holder, leases
from bot.store.leases import BEAT, LENGTH, Lease

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
KEY = AccountKey("mau", "web", "mau")


def acquire(store: Store, who: str, at: datetime = NOW) -> Lease | None:
    return store.transact(lambda c: leases.acquire(c, store.dialect, KEY, who, at))


def test_one_holder_at_a_time_until_it_runs_out_or_is_given_back(store: Store) -> None:
    first = acquire(store, "A")
    assert first == Lease(KEY, "A", 1)
    assert acquire(store, "B", NOW + LENGTH / 2) is None
    assert acquire(store, "B", NOW + LENGTH) == Lease(KEY, "B", 2)
    with pytest.raises(LeaseLost):
        store.transact(lambda c: leases.check(c, first))
    store.transact(lambda c: leases.release(c, first, NOW))  # too late: it is B's
    assert acquire(store, "A", NOW + LENGTH) is None
    store.transact(lambda c: leases.release(c, Lease(KEY, "B", 2), NOW + LENGTH))
    assert acquire(store, "A", NOW + LENGTH) == Lease(KEY, "A", 3)


def test_a_heartbeat_keeps_it_and_is_not_written_all_the_time(store: Store) -> None:
    mine = acquire(store, "A")
    assert mine is not None

    def beat(at: datetime) -> datetime:
        return store.transact(lambda c: leases.renew(c, mine, leases.check(c, mine), at))

    assert beat(NOW + BEAT / 2) == NOW
    assert beat(NOW + BEAT) == NOW + BEAT
    assert acquire(store, "B", NOW + LENGTH + BEAT / 2) is None


def test_many_who_reach_for_it_at_once_leave_one_holder(store: Store) -> None:
    with ThreadPoolExecutor(6) as pool:
        taken = list(pool.map(partial(acquire, store), [f"holder {n}" for n in range(12)]))
    assert sum(lease is not None for lease in taken) == 1


def test_a_lease_of_a_dead_process_of_this_machine_is_taken_at_once(store: Store) -> None:
    if not holder._machine():
        pytest.skip("this system does not say which boot it is")
    code = "from bot.store.holder import this_process; print(this_process(), flush=True); input()"
    child = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    other = child.stdout.readline().strip()
    assert acquire(store, other) is not None
    assert acquire(store, "B", NOW + timedelta(seconds=1)) is None  # it lives
    child.kill()
    child.communicate()
    assert acquire(store, "B", NOW + timedelta(seconds=1)) is not None


@pytest.mark.parametrize(
    ("name", "dead"),
    [
        ("", False),
        ("another machine", False),
        (f"another-boot.pid:[1]/{os.getpid()}/00", False),
        (holder.this_process(), False),
        (f"{holder._machine()}/{os.getpid()}/00", bool(holder._machine())),  # our number, borne by one before us
        (f"{holder._machine()}/1/00", False),
        (f"{holder._machine()}/not a number/00", False),
    ],
    ids=[
        "nothing",
        "another machine",
        "another boot",
        "ourselves",
        "our number before us",
        "the first process",
        "no number",
    ],
)
def test_only_what_is_surely_dead_counts_as_dead(name: str, dead: bool) -> None:
    assert holder.is_dead(name) is dead
