"""Hours are said as people say them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from handlers.opening import day_text, holiday_text, hours_text, open_text
from knowledge.unit import Hours, Unit
from knowledge.working_days import WorkingDays, load_calendar

CALENDAR = load_calendar()


def at(text: str) -> datetime:
    """A moment given in Vietnamese local time."""
    return datetime.fromisoformat(f"{text}+07:00").astimezone(UTC)


def test_days_with_the_same_hours_are_said_in_one_breath(unit: Unit) -> None:
    assert hours_text(unit) == "thứ Hai đến thứ Sáu, 07:30–11:30, 13:30–17:00"
    saturday = unit.model_copy(update={"hours": Hours(**{**unit.hours.model_dump(), "sat": ("07:30-11:30",)})})
    assert hours_text(saturday).endswith("; thứ Bảy, 07:30–11:30")


@pytest.mark.parametrize(
    ("moment", "says"),
    [
        ("2026-11-20T10:00", "Trung tâm đang mở cửa, đến 11:30."),
        ("2026-11-20T12:00", "Trung tâm đang nghỉ, mở lại 13:30 thứ Sáu, 20/11/2026."),
        ("2026-11-23T20:00", "Trung tâm đang nghỉ, mở lại 07:30 thứ Tư, 25/11/2026."),
        (
            "2031-01-01T09:00",
            "Giờ mở cửa: thứ Hai đến thứ Sáu, 07:30–11:30, 13:30–17:00.",
        ),  # no calendar yet: no promise
    ],
)
def test_open_or_from_when(unit: Unit, moment: str, says: str) -> None:
    assert open_text(unit, CALENDAR, at(moment)) == says


def test_a_unit_without_hours_names_the_phone(unit: Unit) -> None:
    shut = unit.model_copy(update={"hours": Hours()})
    assert "0200 000 000" in open_text(shut, CALENDAR, at("2026-11-20T10:00"))


def test_a_day_is_said_with_its_weekday() -> None:
    assert day_text(date(2026, 11, 25)) == "thứ Tư, 25/11/2026"


@pytest.mark.parametrize(
    ("moment", "says"), [("2026-11-20T10:00", "Thứ Ba, 24/11/2026: nghỉ lễ."), ("2026-11-30T10:00", "")]
)
def test_a_holiday_within_a_week_is_announced(moment: str, says: str) -> None:
    assert holiday_text(CALENDAR, at(moment)) == says


def test_no_calendar_announces_nothing() -> None:
    assert holiday_text(WorkingDays(frozenset()), at("2026-11-20T10:00")) == ""
