"""When a term begins, ends and stands still (docs/calendar.md)."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge import terms
from knowledge.unit import ZONE, Unit
from knowledge.working_days import load_calendar

CALENDAR = load_calendar()


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("handed_in", "counts_as"),
    [
        ("2026-11-20T07:30", "2026-11-20"),  # at opening
        ("2026-11-20T16:59", "2026-11-20"),  # a minute before closing
        ("2026-11-20T17:00", "2026-11-23"),  # after closing on a Friday
        ("2026-11-20T06:10", "2026-11-20"),  # before opening: from opening
        ("2026-11-20T12:15", "2026-11-20"),  # at lunch: from the afternoon
        ("2026-11-21T09:00", "2026-11-23"),  # online on a Saturday
        ("2026-11-23T18:00", "2026-11-25"),  # the evening before the holiday of 24 November
        ("2026-02-13T17:30", "2026-02-23"),  # the last evening before Tết
        ("2026-08-22T09:00", "2026-08-22"),  # a worked Saturday
    ],
)
def test_what_comes_after_closing_counts_from_the_next_open_day(handed_in: str, counts_as: str, unit: Unit) -> None:
    moment = datetime.fromisoformat(handed_in).replace(tzinfo=ZONE)
    assert terms.counted_as_received(moment, unit, CALENDAR) == day(counts_as)


@pytest.mark.parametrize(
    ("received", "days", "due"),
    [
        ("2026-11-20", 5, "2026-11-25"),
        ("2026-11-20", 4, "2026-11-25"),  # the fourth day is the holiday of 24 November
        ("2026-11-20", 1, "2026-11-23"),  # Saturday moves to Monday
        ("2026-02-10", 7, "2026-02-23"),  # ends within Tết
    ],
)
def test_a_term_of_calendar_days_never_ends_on_a_day_off(received: str, days: int, due: str) -> None:
    assert terms.calendar_due(day(received), days, CALENDAR) == day(due)


def test_a_pause_gives_back_the_working_days_that_were_left() -> None:
    # Received on Monday the 2nd with 10 days, stopped on Friday the 6th: 6 were left; papers came on Thursday the 19th.
    due = CALENDAR.due_date(day("2026-11-02"), 10)
    assert due == day("2026-11-16")
    assert terms.due_after_pause(due, day("2026-11-06"), day("2026-11-19"), CALENDAR) == day("2026-11-30")


def test_a_stop_on_the_last_day_leaves_one() -> None:
    assert terms.due_after_pause(day("2026-11-16"), day("2026-11-16"), day("2026-11-19"), CALENDAR) == day("2026-11-20")


@pytest.mark.parametrize(
    ("due", "end", "late"),
    [
        ("2026-11-20", "2026-11-20", 0),
        ("2026-11-20", "2026-11-19", 0),
        ("2026-11-20", "2026-11-22", 0),  # a Sunday: no working day has passed
        ("2026-11-20", "2026-11-23", 1),
        ("2026-11-20", "2026-11-25", 2),  # the 24th is a holiday
    ],
)
def test_lateness_is_counted_in_working_days(due: str, end: str, late: int) -> None:
    assert terms.late_by(day(due), day(end), CALENDAR) == late


@pytest.mark.parametrize(
    ("last", "days", "found"),
    [("2026-11-27", 1, "2026-11-26"), ("2026-11-25", 1, "2026-11-23"), ("2026-11-22", 0, "2026-11-20")],
)
def test_one_working_day_before_a_deadline(last: str, days: int, found: str) -> None:
    assert terms.working_day_before(day(last), days, CALENDAR) == day(found)


def test_where_swaps_do_not_count_a_worked_saturday_is_passed_over() -> None:
    assert CALENDAR.due_date(day("2026-08-20"), 2) == day("2026-08-22")
    assert CALENDAR.without_swaps().due_date(day("2026-08-20"), 2) == day("2026-08-24")


@given(st.dates(date(2026, 1, 1), date(2026, 11, 1)), st.integers(1, 30))
def test_counting_back_and_forth_agree(received: date, term: int) -> None:
    due = CALENDAR.due_date(received, term)
    assert terms.working_days_between(received, due, CALENDAR) == term
    if CALENDAR.works(received):
        assert terms.working_day_before(due, term, CALENDAR) == received
