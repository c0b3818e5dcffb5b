"""The overrides' rows: every step is kept and written down, and other processes can see that something changed."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.store import Store, overrides
from bot.store.schema import audit
from knowledge.override import Override

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
FEE = Override(
    id="a1",
    scope="unit",
    unit_id="mau",
    province="",
    code="1.001193",
    field="fee",
    value="8.000 đ",
    amount=8000,
    source="12/2026/NQ-HĐND",
    valid_from=date(2026, 11, 20),
    valid_to=None,
    author="Lan",
    created_at=NOW,
    base_hash="x",
)


def put(store: Store, *rows: Override) -> None:
    """Propose them."""
    for row in rows:
        store.transact(lambda c, row=row: overrides.propose(c, store.dialect, row))  # type: ignore[misc]


def read(store: Store, *units: str) -> list[Override]:
    """What is there."""
    return store.transact(lambda c: overrides.all_of(c, units or ("mau",)), reading=True)


def numbers(store: Store) -> dict[str, int]:
    """How often each unit's overrides changed."""
    return store.transact(lambda c: overrides.numbers(c, ("mau", "khac")), reading=True)


def test_what_was_written_is_read_back(store: Store) -> None:
    put(store, FEE)
    assert read(store) == [FEE]


def test_every_step_is_kept_written_down_and_counted(store: Store) -> None:
    put(store, FEE)
    later = NOW + timedelta(hours=1)
    assert store.transact(lambda c: overrides.approve(c, store.dialect, FEE, "Hùng", later))
    (approved,) = read(store)
    assert (approved.state, approved.approver, approved.approved_at) == ("approved", "Hùng", later)
    assert store.transact(lambda c: overrides.keep(c, store.dialect, approved, "y", "Lan", later))
    (kept,) = read(store)
    assert store.transact(lambda c: overrides.undo(c, store.dialect, kept, "Hoa", later))
    (undone,) = read(store)
    assert undone == replace(kept, state="undone", undone_by="Hoa", undone_at=later, base_hash="y")
    rows = store.transact(lambda c: c.execute(select(audit.c.what, audit.c.detail)).all(), reading=True)
    assert {(what, json.loads(detail)["by"]) for what, detail in rows} == {
        ("override_proposed", "Lan"),
        ("override_approved", "Hùng"),
        ("override_kept", "Lan"),
        ("override_undone", "Hoa"),
    }
    assert all(json.loads(detail)["override"] == "a1" for _, detail in rows)
    assert numbers(store) == {"mau": 4}


@pytest.mark.parametrize("state", ["approved", "undone"])
def test_what_is_no_longer_proposed_is_not_approved(store: Store, state: str) -> None:
    put(store, replace(FEE, state=state))  # type: ignore[arg-type]
    assert not store.transact(lambda c: overrides.approve(c, store.dialect, FEE, "Hùng", NOW))
    assert numbers(store) == {"mau": 1}  # and nothing is written down


def test_of_two_who_approve_at_once_one_has_done_it(store: Store) -> None:
    put(store, FEE)

    def approve(name: str) -> bool:
        return store.transact(lambda c: overrides.approve(c, store.dialect, FEE, name, NOW))

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(approve, ["Hùng", "Hoa", "Hải", "Huệ"]))
    assert sorted(done) == [False, False, False, True]
    assert numbers(store) == {"mau": 2}


def test_a_unit_sees_its_own_and_what_is_said_to_everybody(store: Store) -> None:
    wide = replace(FEE, id="b", scope="province", unit_id="", province="H48")
    put(store, FEE, wide, replace(FEE, id="c", unit_id="khac"))
    assert [o.id for o in read(store, "mau")] == ["a1", "b"]
    assert [o.id for o in read(store, "khac")] == ["b", "c"]
    assert numbers(store) == {"mau": 1, "khac": 1, "": 1}
