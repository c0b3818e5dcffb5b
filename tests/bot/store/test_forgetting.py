"""What is kept of dossiers goes when its time is over, with everything that hangs on it, and nothing else does."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from bot.store import Store
from bot.store import dossier_tables as t
from bot.store.forgetting import KeepDossiers, steps
from bot.store.retention import sweep

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
CHAT = {"channel": "web", "account": "mau", "chat_id": "c1"}


def put(store: Store, table: Any, **row: Any) -> None:
    with store.engine.begin() as connection:
        connection.execute(insert(table), {"unit_id": "mau", **row})


def dossier(store: Store, code: str, state: str, days: int, **more: Any) -> None:
    moment = NOW - timedelta(days=days)
    put(store, t.dossiers, code=code, state=state, as_of=moment, until_at=moment, import_id="i", **more)
    put(store, t.charges, code=code, number=1, state="paid", changed_at=moment)
    put(store, t.watches, **CHAT, code=code, since=moment)
    put(store, t.follow_codes, code=code, mark="m" * 43, made_at=moment)


def clean(store: Store) -> None:
    for statement in steps("mau", NOW, KeepDossiers()):
        while store.transact(partial(sweep, statement=statement)):
            pass


def codes(store: Store, table: Any) -> set[str]:
    with store.engine.connect() as connection:
        return set(connection.execute(select(table.c.code)).scalars())


@pytest.mark.parametrize(
    ("state", "days", "stays"),
    [
        ("returned", 89, True),
        ("returned", 91, False),
        ("withdrawn", 91, False),
        ("rejected", 91, False),
        ("done", 91, True),  # nobody has collected it yet
        ("processing", 400, True),  # late, not forgotten
        ("processing", 731, False),
    ],
)
def test_a_dossier_stays_as_long_as_it_is_needed(store: Store, state: str, days: int, stays: bool) -> None:
    dossier(store, "H48.99.01-260101-0001", state, days)
    clean(store)
    for table in (t.dossiers, t.charges, t.watches, t.follow_codes):
        assert bool(codes(store, table)) is stays, table.name


def test_the_day_it_was_handed_over_counts_not_the_day_of_the_last_export(store: Store) -> None:
    dossier(store, "H48.99.01-260101-0001", "returned", 1, returned_at=NOW - timedelta(days=100))
    clean(store)
    assert codes(store, t.dossiers) == set()


def test_a_code_that_is_only_waited_for_keeps_its_watch(store: Store) -> None:
    put(store, t.watches, **CHAT, code="H48.99.01-261122-0001", since=NOW - timedelta(days=20), pending=True)
    clean(store)
    assert codes(store, t.watches) == {"H48.99.01-261122-0001"}


def test_tries_counts_and_withdrawn_consents_have_their_own_time(store: Store) -> None:
    for days in (1, 9):
        put(store, t.wrong_tries, **CHAT, code="x", day=(NOW - timedelta(days=days)).date(), number=1)
    put(store, t.counts, name="stuck:how", day=date(2024, 1, 1), number=3)
    for n, withdrawn in enumerate((None, NOW - timedelta(days=10), NOW - timedelta(days=800))):
        put(store, t.consents, id=str(n), **CHAT, purpose="dossier", version="1", given_at=NOW, withdrawn_at=withdrawn)
    clean(store)
    with store.engine.connect() as connection:
        counted = [
            connection.execute(select(func.count()).select_from(x)).scalar()
            for x in (t.wrong_tries, t.counts, t.consents)
        ]
    assert counted == [1, 0, 2]


def test_only_the_newest_import_can_be_undone(store: Store) -> None:
    for n, days in ((1, 2), (2, 1)):
        started = NOW - timedelta(days=days)
        put(
            store,
            t.imports,
            id=f"i{n}",
            source="sheet",
            until_at=started,
            started_at=started,
            status="done",
            silent=False,
        )
        put(store, t.before_import, import_id=f"i{n}", code="x")
    clean(store)
    with store.engine.connect() as connection:
        assert connection.execute(select(t.before_import.c.import_id)).scalars().all() == ["i2"]
