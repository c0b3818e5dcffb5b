"""Terms: when one begins to count, when it ends, how a pause moves it, how late something is.

The bot shows the due date of the one-stop system; it counts one itself only to estimate, and for reminders (docs/calendar.md). Days are days in
Vietnam. Each function raises CalendarUnknown outside the years the calendar covers.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from knowledge.unit import ZONE, Unit
from knowledge.working_days import WorkingDays


def counted_as_received(moment: datetime, unit: Unit, calendar: WorkingDays) -> date:
    """The day that a dossier handed in at `moment` (aware) counts as received: the same day until closing, else the next day the centre is open."""
    if unit.open_at(moment, calendar):
        return moment.astimezone(ZONE).date()
    opens = unit.opens_next(moment, calendar)
    day = (opens or moment).astimezone(ZONE).date()
    return next_working_day(day, calendar, same=True)


def next_working_day(day: date, calendar: WorkingDays, *, same: bool = False) -> date:
    """The first working day after `day`; with `same`, `day` itself where it is one."""
    if not same:
        day += timedelta(days=1)
    while not calendar.works(day):
        day += timedelta(days=1)
    return day


def working_day_before(day: date, days: int, calendar: WorkingDays) -> date:
    """The working day that lies `days` working days before `day`; 0 is `day` itself, or the last working day before it."""
    while not calendar.works(day):
        day -= timedelta(days=1)
    for _ in range(days):
        day -= timedelta(days=1)
        while not calendar.works(day):
            day -= timedelta(days=1)
    return day


def calendar_due(received: date, days: int, calendar: WorkingDays) -> date:
    """The end of a term of calendar days: every day counts; one that ends on a day off ends on the next working day.

    Raises ValueError for a term below 1.
    """
    if days < 1:
        raise ValueError("a term is at least one day")
    return next_working_day(received + timedelta(days=days), calendar, same=True)


def working_days_between(first: date, last: date, calendar: WorkingDays) -> int:
    """How many working days lie after `first` up to `last`; 0 where `last` is not later."""
    return sum(calendar.works(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))


def due_after_pause(due: date, stopped: date, resumed: date, calendar: WorkingDays) -> date:
    """The due date once papers asked for on `stopped` have come on `resumed`: the working days that were left, counted from then.

    What was due on the day of the stop itself is due on the next working day.
    """
    left = working_days_between(stopped, due, calendar)
    return calendar.due_date(resumed, max(1, left))


def late_by(due: date, end: date, calendar: WorkingDays) -> int:
    """How many working days `end` is behind `due`; 0 when it is on time. A result on a day off is as late as the working day before."""
    return working_days_between(due, end, calendar)
