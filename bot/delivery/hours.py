"""When the bot may speak on its own: 07:30 to 20:00 in Vietnam, and reminders on working days only (docs/dossiers.md, "Notices")."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from knowledge.unit import ZONE
from knowledge.working_days import CalendarUnknown, WorkingDays

OPENS, SHUTS = time(7, 30), time(20, 0)
MORNING = time(8, 0)  # when reminders leave: people read before they go to work
EVERY_DAY = frozenset(("notice", "announcement"))


def may_leave(calendar: Callable[[], WorkingDays]) -> Callable[[str, datetime], datetime]:
    """The rule for `bot.store.unasked.Rules`: the first moment (UTC) from `now` on at which that kind may leave."""

    def first(kind: str, now: datetime) -> datetime:
        return next_moment(now, calendar(), working_days_only=kind not in EVERY_DAY)

    return first


def next_moment(now: datetime, calendar: WorkingDays, *, working_days_only: bool = False) -> datetime:
    """`now` where it lies within the hours, else the next opening; with `working_days_only`, of a working day."""
    local = now.astimezone(ZONE)
    day, clock = local.date(), local.time()
    if OPENS <= clock < SHUTS and not (working_days_only and not works(day, calendar)):
        return now
    if clock >= OPENS:
        day += timedelta(days=1)
    while working_days_only and not works(day, calendar):
        day += timedelta(days=1)
    return datetime.combine(day, OPENS, ZONE).astimezone(now.tzinfo)


def works(day: date, calendar: WorkingDays) -> bool:
    """Whether `day` is a working day; beyond the years of the calendar, Monday to Friday."""
    try:
        return calendar.works(day)
    except CalendarUnknown:
        return day.weekday() < 5
