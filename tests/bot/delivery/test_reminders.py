"""A charge is spoken of three times at most, on working days, and never when it is too late."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.reminders import MOST, moments
from knowledge.unit import ZONE
from knowledge.working_days import load_calendar

CALENDAR = load_calendar()


def said_on(first: str, due: str | None, spoken: int = 1) -> list[str]:
    found = moments(date.fromisoformat(first), date.fromisoformat(due) if due else None, CALENDAR, spoken=spoken)
    return [f"{m.number}: {m.at.astimezone(ZONE):%Y-%m-%d %H:%M}" for m in found]


@pytest.mark.parametrize(
    ("first", "due", "expected"),
    [
        ("2026-11-16", "2026-11-27", ["2: 2026-11-18 08:00", "3: 2026-11-26 08:00"]),
        ("2026-11-20", "2026-12-04", ["2: 2026-11-25 08:00", "3: 2026-12-03 08:00"]),  # the 24th is a holiday
        (
            "2026-11-20",
            "2026-11-30",
            ["2: 2026-11-25 08:00", "3: 2026-11-27 08:00"],
        ),  # due on a Monday: on the Friday before
        ("2026-11-16", "2026-11-19", ["2: 2026-11-18 08:00"]),  # both fall on one day: said once
        ("2026-11-16", "2026-11-18", ["2: 2026-11-17 08:00"]),  # too short for two working days
        ("2026-11-16", "2026-11-17", []),  # the first message is the last warning
        ("2026-11-16", "2026-11-10", []),  # over already
        ("2026-11-16", None, ["2: 2026-11-18 08:00"]),  # nobody said until when
        ("2026-02-12", "2026-03-02", ["2: 2026-02-23 08:00", "3: 2026-02-27 08:00"]),  # Tết lies between
    ],
)
def test_when_a_charge_is_spoken_of_again(first: str, due: str | None, expected: list[str]) -> None:
    assert said_on(first, due) == expected


def test_what_was_said_already_is_not_said_again() -> None:
    assert said_on("2026-11-16", "2026-11-27", spoken=2) == ["3: 2026-11-26 08:00"]
    assert said_on("2026-11-16", "2026-11-27", spoken=3) == []


@given(
    st.dates(date(2026, 1, 1), date(2026, 11, 30)),
    st.one_of(st.none(), st.dates(date(2026, 1, 1), date(2026, 12, 31))),
    st.integers(1, 5),
)
def test_never_more_than_three_never_on_a_day_off_never_after_the_last_day(
    first: date, due: date | None, spoken: int
) -> None:
    found = moments(first, due, CALENDAR, spoken=spoken)
    days = [m.at.astimezone(ZONE).date() for m in found]
    assert spoken + len(found) <= max(MOST, spoken)
    assert all(CALENDAR.works(day) and day > first and (due is None or day < due) for day in days)
    assert days == sorted(set(days))
