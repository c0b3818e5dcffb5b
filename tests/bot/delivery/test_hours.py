"""The bot speaks on its own between 07:30 and 20:00, and reminds on working days only."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.delivery.hours import may_leave
from knowledge.unit import ZONE
from knowledge.working_days import load_calendar

RULE = may_leave(load_calendar)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("kind", "now", "leaves"),
    [
        ("notice", "2026-11-20T07:29", "2026-11-20T07:30"),
        ("notice", "2026-11-20T07:30", "2026-11-20T07:30"),
        ("notice", "2026-11-20T19:59", "2026-11-20T19:59"),
        ("notice", "2026-11-20T20:00", "2026-11-21T07:30"),  # a Saturday: notices leave every day
        ("notice", "2026-11-21T02:00", "2026-11-21T07:30"),
        ("reminder", "2026-11-20T12:00", "2026-11-20T12:00"),
        ("reminder", "2026-11-20T20:00", "2026-11-23T07:30"),  # over the weekend
        ("reminder", "2026-11-21T12:00", "2026-11-23T07:30"),
        ("reminder", "2026-11-24T09:00", "2026-11-25T07:30"),  # the holiday of 24 November
        ("reminder", "2026-02-14T09:00", "2026-02-23T07:30"),  # Tết
        ("reminder", "2026-08-22T09:00", "2026-08-22T09:00"),  # a worked Saturday
        ("reminder", "2031-05-03T09:00", "2031-05-05T07:30"),  # beyond the calendar: Monday to Friday
    ],
)
def test_the_first_moment_from_now_on(kind: str, now: str, leaves: str) -> None:
    assert RULE(kind, at(now)) == at(leaves)
