"""Deadlines count working days; the table is ours and wins over the weekday."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.working_days import CalendarUnknown, WorkingDays, load_calendar

CALENDAR = load_calendar()


@pytest.mark.parametrize(
    ("received", "term", "due"),
    [
        ("2026-11-20", 1, "2026-11-23"),  # a weekend
        ("2026-11-19", 3, "2026-11-25"),  # 24 November is a holiday from 2026
        ("2026-11-20", 20, "2026-12-21"),
        ("2026-02-13", 2, "2026-02-24"),  # Tết
        ("2026-04-24", 3, "2026-05-04"),  # Giỗ Tổ on a Sunday moves to Monday; 30/4, 1/5
        ("2026-08-28", 1, "2026-09-03"),
        ("2026-08-20", 2, "2026-08-22"),  # a worked Saturday
        ("2025-12-31", 1, "2026-01-05"),  # 2 January is swapped off
        ("2026-01-08", 2, "2026-01-10"),  # and worked in exchange
        ("2026-12-31", 1, "2027-01-04"),
    ],
)
def test_a_term_ends_on_the_right_day(received: str, term: int, due: str) -> None:
    assert CALENDAR.due_date(date.fromisoformat(received), term) == date.fromisoformat(due)


def test_the_day_of_receipt_is_not_counted() -> None:
    monday = date(2026, 11, 16)
    assert CALENDAR.due_date(monday, 1) == monday + timedelta(days=1)


def test_a_year_nobody_wrote_is_an_error_and_no_guess() -> None:
    with pytest.raises(CalendarUnknown, match="2031"):
        CALENDAR.works(date(2031, 5, 5))


def test_a_term_of_no_days_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        CALENDAR.due_date(date(2026, 11, 20), 0)


@given(st.dates(date(2026, 1, 1), date(2026, 12, 1)), st.integers(1, 15), st.integers(1, 5))
def test_a_longer_term_never_ends_earlier(received: date, term: int, more: int) -> None:
    due = CALENDAR.due_date(received, term)
    assert due < CALENDAR.due_date(received, term + more)
    assert CALENDAR.works(due)


def test_the_table_of_2026_agrees_with_the_published_calendar_but_for_the_known_swap() -> None:
    holidays = pytest.importorskip("holidays")
    theirs = set(holidays.VN(years=2026))
    ours = {d for d, e in CALENDAR.exceptions.items() if d.year == 2026 and e.kind == "off"}
    weekdays = {d for d in theirs if d.weekday() < 5}
    assert weekdays <= ours
    assert ours - weekdays == {date(2026, 1, 2)}  # the swap of state employees, which the package lacks


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ('day = "2026-01-01"\nkind = "off"\nnote = "x"', "YYYY-MM-DD"),
        ('day = 2026-01-01\nkind = "rest"\nnote = "x"', "off or worked"),
        ('day = 2027-01-01\nkind = "off"\nnote = "x"', "2027.toml"),
    ],
)
def test_a_wrong_row_names_file_and_cure(tmp_path: Path, row: str, says: str) -> None:
    (tmp_path / "2026.toml").write_text(f"[[day]]\n{row}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=says):
        load_calendar(tmp_path)


def test_an_empty_folder_covers_no_year(tmp_path: Path) -> None:
    assert load_calendar(tmp_path) == WorkingDays(frozenset(), {})
