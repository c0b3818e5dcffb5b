"""The sample dossiers: every state at every moment, lives that make sense, nothing that could be somebody's."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.sealing import Seal
from bot.sources.reading import SourceError
from bot.sources.sample import IDENTITY, PHONE, sample
from handlers.dossier.codes import of_unit, valid
from handlers.dossier.model import Record
from handlers.dossier.states import ENDED, STATES
from knowledge.snapshot import Knowledge
from knowledge.unit import ZONE, Unit

SEAL = Seal(b"a secret of the tests")
FRIDAY = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
MOMENTS = st.datetimes(datetime(2025, 3, 1), datetime(2027, 11, 30), timezones=st.just(ZONE))  # noqa: DTZ001 - hypothesis wants them bare


def records(unit: Unit, knowledge: Knowledge, at: datetime) -> dict[str, Record]:
    return {record.code: record for record in sample(unit, knowledge, at, SEAL).records}


@given(MOMENTS)
@example(datetime(2026, 2, 18, 12, 0, tzinfo=ZONE))  # Tết
@example(datetime(2026, 1, 2, 8, 0, tzinfo=ZONE))  # the turn of the year
@example(datetime(2027, 2, 10, 23, 59, tzinfo=ZONE))
@settings(max_examples=100)
def test_all_ten_states_are_there_at_every_moment(unit: Unit, knowledge: Knowledge, at: datetime) -> None:
    found = records(unit, knowledge, at).values()
    assert {record.state for record in found} == set(STATES)
    assert 36 <= len(found) <= 40


@given(MOMENTS)
@settings(max_examples=40)
def test_every_code_is_whole_ours_and_once_and_nothing_is_from_the_future(
    unit: Unit, knowledge: Knowledge, at: datetime
) -> None:
    reading = sample(unit, knowledge, at, SEAL)
    found = [record.code for record in reading.records]
    assert len(set(found)) == len(found)
    for record in reading.records:
        assert valid(record.code, at.date())
        assert of_unit(record.code, ("H48.99.01",))
        assert record.updated is not None
        assert record.updated <= at
        assert record.procedure_code in knowledge.procedures
        for moment in (record.received, record.finished, record.returned):
            assert moment is None or moment <= at
        assert record.due is None or knowledge.calendar.works(record.due.astimezone(ZONE).date())
    assert reading.until == at


def test_it_is_the_same_for_everybody_at_the_same_moment(unit: Unit, knowledge: Knowledge) -> None:
    first, again = (sample(unit, knowledge, FRIDAY, SEAL) for _ in range(2))
    assert first == again
    assert first.fingerprint != sample(unit, knowledge, FRIDAY + timedelta(hours=1), SEAL).fingerprint


@pytest.mark.slow
def test_a_dossier_only_goes_forward_and_ends_before_it_leaves(unit: Unit, knowledge: Knowledge) -> None:
    before: dict[str, Record] = {}
    histories: dict[str, list[str]] = {}
    gone = 0
    for hours in range(0, 24 * 60, 4):
        now = records(unit, knowledge, datetime(2026, 1, 5, 0, 0, tzinfo=ZONE) + timedelta(hours=hours))
        for code, record in before.items():
            if code not in now:
                assert record.state in ENDED, f"{code} was left as {record.state}"
                gone += 1
        for code, record in now.items():
            if code in before:
                was = before[code]
                assert record.updated is not None
                assert was.updated is not None
                assert record.updated >= was.updated
                assert (record.procedure_code, record.applied, record.phone) == (
                    was.procedure_code,
                    was.applied,
                    was.phone,
                )
            if histories.setdefault(code, [])[-1:] != [record.state]:
                histories[code].append(record.state)
        before = now
    assert gone > 30  # over Tết as well
    whole = {tuple(history) for code, history in histories.items() if "260112" <= code[10:16] <= "260130"}
    work = ("accepted", "processing")
    assert whole == {
        (*work, "done", "returned"),
        (*work, "needs_papers", "processing", "done", "returned"),
        (*work, "needs_payment", "processing", "done", "returned"),
        (*work, "stopped"),
        ("new", *work, "done", "returned"),
        ("new", *work, "needs_payment", "processing", "done", "returned"),
        ("new", "accepted", "withdrawn"),
        ("new", "rejected"),
    }


def test_some_are_late_and_some_got_a_new_date(unit: Unit, knowledge: Knowledge) -> None:
    late = redated = 0
    dues: dict[str, datetime] = {}
    for day in range(30):
        at = FRIDAY + timedelta(days=day)
        for code, record in records(unit, knowledge, at).items():
            late += record.state == "processing" and record.due is not None and record.due < at
            if record.due and dues.setdefault(code, record.due) != record.due:
                redated += 1
                dues[code] = record.due
    assert late > 5
    assert redated > 5


def test_what_is_missing_is_a_paper_of_that_procedure(unit: Unit, knowledge: Knowledge) -> None:
    waiting = [r for r in records(unit, knowledge, FRIDAY).values() if r.state == "needs_papers"]
    assert waiting
    for record in waiting:
        papers = {document.name for document in knowledge.procedures[record.procedure_code].documents(None)}
        assert record.note.removeprefix("Bổ sung: ") in papers


def test_what_is_owed_is_a_fee_with_a_last_day_and_is_paid_later(unit: Unit, knowledge: Knowledge) -> None:
    waiting = [r for r in records(unit, knowledge, FRIDAY).values() if r.state == "needs_payment"]
    assert waiting
    for record in waiting:
        assert record.charges is not None
        (charge,) = record.charges
        assert charge.state == "unpaid"
        assert charge.amount is not None
        assert charge.amount >= 8_000
        assert charge.due is not None
        assert charge.due > FRIDAY
        assert charge.amount in {fee.amount for fee in knowledge.procedures[record.procedure_code].fees(None)}
    later = records(unit, knowledge, FRIDAY + timedelta(days=12))
    assert [later[r.code].charges[0].state for r in waiting if later[r.code].charges] == ["paid"] * len(waiting)  # type: ignore[index]


def test_the_last_four_digits_are_the_ones_that_the_documentation_tells(unit: Unit, knowledge: Knowledge) -> None:
    for code, record in records(unit, knowledge, FRIDAY).items():
        assert record.phone_tail == SEAL.mark("mau", code, "phone_tail", "1234")
        assert record.identity_tail == SEAL.mark("mau", code, "identity_tail", "5678")
        assert record.phone == SEAL.mark("mau", code, "phone", PHONE)
    text = repr(sample(unit, knowledge, FRIDAY, SEAL))
    assert PHONE not in text
    assert IDENTITY not in text


def test_a_procedure_that_comes_or_goes_leaves_the_other_dossiers_alone(unit: Unit, knowledge: Knowledge) -> None:
    before = records(unit, knowledge, FRIDAY)
    lost = next(iter(before.values())).procedure_code
    fewer = replace(knowledge, procedures={c: p for c, p in knowledge.procedures.items() if c != lost})
    after = records(unit, fewer, FRIDAY)
    for code, record in before.items():
        if record.procedure_code == lost:
            assert after[code].procedure_code != lost
        else:
            assert after[code] == record


def test_a_year_without_a_calendar_is_said(unit: Unit, knowledge: Knowledge) -> None:
    with pytest.raises(SourceError, match="2029"):
        sample(unit, knowledge, datetime.combine(date(2029, 5, 2), datetime.min.time(), UTC), SEAL)
