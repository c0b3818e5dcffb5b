"""When a charge is spoken of: at once, after two working days, one working day before its last day; three times at most (docs/dossiers.md).

Each reminder waits in the outbox under the cancel key "r:<code>" and dies with it; whether its reason still lives is looked at once more when
it would leave (`bot.store.unasked`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from bot.delivery.hours import MORNING, SHUTS, works
from knowledge.unit import ZONE
from knowledge.working_days import WorkingDays

MOST = 3
AFTER = 2  # working days between the first message and the second


@dataclass(frozen=True, slots=True)
class Moment:
    """The `number`-th time that a charge is spoken of, at `at`; after `until` it is too late to say it (both UTC)."""

    number: int
    at: datetime
    until: datetime


def moments(first: date, due: date | None, calendar: WorkingDays, *, spoken: int = 1) -> tuple[Moment, ...]:
    """The reminders that follow a first message on day `first`, when `spoken` messages have been or are being sent already.

    `due` is the last day to pay (None: not known, then one reminder). No reminder falls on a day off, none on the last day itself or later.
    """
    days = [_after(first, AFTER, calendar)]
    if due is not None:
        last = _before(due, calendar)
        days = [day for day in days if day < last]
        if last > first:
            days.append(last)
    left = days[max(0, spoken - 1) :][: max(0, MOST - spoken)]
    return tuple(Moment(spoken + 1 + n, _at(day, MORNING), _at(day, SHUTS)) for n, day in enumerate(left))


def _after(day: date, count: int, calendar: WorkingDays) -> date:
    while count:
        day += timedelta(days=1)
        count -= works(day, calendar)
    return day


def _before(day: date, calendar: WorkingDays) -> date:
    day -= timedelta(days=1)
    while not works(day, calendar):
        day -= timedelta(days=1)
    return day


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, ZONE).astimezone(UTC)
