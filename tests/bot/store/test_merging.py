"""One record laid over one kept dossier: a table of what changes and what a watcher hears of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.store.merging import merge
from handlers.dossier.model import Charge, Record

MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)
DAY = timedelta(days=1)
CODE = "H48.99.01-261120-0007"
DUE = Record(CODE, state="processing", due=MONDAY + DAY)


def kept(record: Record = DUE, until: datetime = MONDAY) -> dict[str, Any]:
    """The row after a first import."""
    return merge(None, {}, record, until).row


def held(*charges: Charge, by: str = "source") -> dict[int, dict[str, Any]]:
    """Rows of charges as they are kept."""
    rows = merge(None, {}, Record(CODE, charges=charges), MONDAY).charges
    return {row["number"]: {**row, "by": by} for row in rows}


def test_a_dossier_met_for_the_first_time_is_new() -> None:
    merged = merge(None, {}, DUE, MONDAY)
    assert (merged.outcome, merged.what) == ("new", {"first"})
    assert (merged.row["as_of"], merged.row["until_at"], merged.row["requests"]) == (MONDAY, MONDAY, 0)


@pytest.mark.parametrize(("record", "until", "outcome", "what"), [
    (DUE, MONDAY, "unchanged", set()),
    (DUE, MONDAY + DAY, "unchanged", set()),
    (DUE, MONDAY - DAY, "unchanged", set()),
    (replace(DUE, state="done"), MONDAY + DAY, "changed", {"state"}),
    (replace(DUE, state="done"), MONDAY, "changed", {"state"}),
    (replace(DUE, state="done"), MONDAY - DAY, "older", set()),
    (replace(DUE, state="done", updated=MONDAY - DAY), MONDAY + DAY, "older", set()),
    (replace(DUE, state="accepted"), MONDAY + DAY, "changed", set()),  # a step within the office
    (replace(DUE, state="", state_name="Chờ họp"), MONDAY + DAY, "changed", {"state"}),
    (replace(DUE, due=MONDAY + 3 * DAY), MONDAY + DAY, "changed", {"due"}),
    (replace(DUE, due=MONDAY + DAY + timedelta(hours=1)), MONDAY + DAY, "changed", set()),  # the same day
    (replace(DUE, due=None, note=""), MONDAY + DAY, "unchanged", set()),
    (replace(DUE, note="thiếu giấy"), MONDAY + DAY, "changed", set()),
    (replace(DUE, charges=()), MONDAY + DAY, "unchanged", set()),
    (replace(DUE, charges=(Charge(amount=75000),)), MONDAY + DAY, "changed", {"charge"}),
    (replace(DUE, charges=(Charge(amount=75000, state="paid"),)), MONDAY + DAY, "changed", set()),
])  # fmt: skip
def test_the_newer_row_wins_and_says_what_changed(
    record: Record, until: datetime, outcome: str, what: set[str]
) -> None:
    merged = merge(kept(), {}, record, until)
    assert (merged.outcome, merged.what) == (outcome, what)


def test_a_time_of_change_in_the_future_cannot_shut_out_what_comes_after() -> None:
    before = kept(replace(DUE, updated=MONDAY + 3650 * DAY))
    assert before["as_of"] == MONDAY
    assert merge(before, {}, replace(DUE, state="done"), MONDAY + DAY).outcome == "changed"


def test_what_a_source_leaves_empty_stays_as_it_is_known() -> None:
    whole = replace(
        DUE,
        note="thiếu giấy",
        staff="quầy 2",
        phone="p",
        phone_tail="t",
        identity_tail="i",
        domain="Hộ tịch",
        received=MONDAY,
    )
    after = merge(kept(whole), {}, Record(CODE, state="needs_papers"), MONDAY + DAY).row
    for name in ("note", "staff", "phone", "phone_tail", "identity_tail", "domain"):
        assert after[name] == getattr(whole, name)
    assert (after["received_at"], after["due_at"]) == (MONDAY, MONDAY + DAY)


def test_the_date_promised_first_is_kept_while_a_later_one_counts() -> None:
    row = kept()
    for days, before in ((3, 1), (5, 1), (2, 1), (1, None), (0, None)):
        row = merge(row, {}, replace(DUE, due=MONDAY + days * DAY), MONDAY + DAY).row
        assert row["due_before"] == (MONDAY + before * DAY if before is not None else None), days


def test_every_asking_for_papers_counts() -> None:
    row = kept()
    for state, number in (("needs_papers", 1), ("needs_papers", 1), ("processing", 1), ("needs_papers", 2)):
        row = merge(row, {}, replace(DUE, state=state), MONDAY + DAY).row  # type: ignore[arg-type]
        assert row["requests"] == number


def test_going_back_into_work_wipes_the_days_of_ending() -> None:
    done = kept(replace(DUE, state="done", finished=MONDAY))
    assert merge(done, {}, replace(DUE, state="returned"), MONDAY + DAY).row["finished_at"] == MONDAY
    assert merge(done, {}, DUE, MONDAY + DAY).row["finished_at"] is None


@pytest.mark.parametrize(("by", "said", "states", "settled"), [
    ("source", (Charge(state="paid"),), ["paid"], True),
    ("source", (Charge(state="waiting"),), ["waiting"], False),
    ("source", (), ["cancelled"], True),
    ("source", (Charge(2, amount=5000),), ["unpaid", "cancelled"], False),
    ("source", None, [], False),
    ("Lan", (Charge(state="paid"),), ["paid"], True),
    ("Lan", (Charge(state="cancelled"),), [], False),
    ("Lan", (Charge(amount=1),), [], False),
    ("Lan", (), [], False),
])  # fmt: skip
def test_what_an_officer_marked_stays_until_it_is_paid(by: str, said: Any, states: list[str], settled: bool) -> None:
    due = replace(DUE, state="needs_payment")
    merged = merge(kept(due), held(Charge(amount=75000), by=by), replace(due, charges=said, note="x"), MONDAY + DAY)
    assert [c["state"] for c in merged.charges] == states
    assert all(c["amount"] in (75000, 5000) for c in merged.charges)  # an amount that is not said stays
    assert merged.settled == settled


@pytest.mark.parametrize(("state", "by", "settled"), [
    ("done", "source", True), ("withdrawn", "source", True), ("withdrawn", "Lan", True), ("done", "Lan", False),
])  # fmt: skip
def test_leaving_the_state_of_paying_ends_reminders_unless_an_officer_marked_the_charge(
    state: Any, by: str, settled: bool
) -> None:
    before = kept(replace(DUE, state="needs_payment"))
    assert merge(before, held(Charge(), by=by), replace(DUE, state=state), MONDAY + DAY).settled == settled


def test_text_that_no_database_holds_is_cut_to_what_it_can() -> None:
    row = kept(Record(CODE, state_name="x\0" * 500, procedure_code="1.001193.000.00.00.H55"))
    assert len(row["state_name"]) == 120
    assert "\0" not in row["state_name"]
    assert len(row["procedure_code"]) <= 16
