"""Whether a dossier is late, by how much, and until when it is promised now.

The centre's clock runs while it works on a dossier (states 2 and 4); a day that passed without a result is late, a later day set is an
apology, and so is a second request for papers (Thông tư 03/2025/TT-VPCP, Phụ lục I, forms 02 and 04).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from handlers.dossier.here import Here, day_of
from handlers.dossier.model import Dossier
from handlers.dossier.states import IN_WORK
from knowledge.terms import working_days_between
from knowledge.working_days import CalendarUnknown, WorkingDays

LONGEST = 400  # days that are counted one by one; beyond, "late" says enough


@dataclass(frozen=True, slots=True)
class Lateness:
    """`days` working days since the day promised first (None: not to be counted, 0: that day is not over in working days). `promised` is that
    day, `now` the later one set in its place (None: none is set), `over` whether that one has passed, too. `passed` says that the first day is
    over; where it is not, the day was moved in good time."""

    promised: date
    now: date | None = None
    days: int | None = None
    over: bool = False
    passed: bool = True


def lateness(dossier: Dossier, here: Here) -> Lateness | None:
    """How late the centre is; None where it is not, where nothing was promised, or where the data is older than the day promised."""
    if dossier.state not in IN_WORK or dossier.due is None:
        return None
    due, today = day_of(dossier.due), here.today
    first = day_of(dossier.due_before) if dossier.due_before else due
    if first < due:
        if today <= first:
            return Lateness(first, due, passed=False)
        return Lateness(first, due, working_days(first, today, here.knowledge.calendar), over=due < today)
    if due >= today or not known_of(dossier, due):
        return None
    return Lateness(due, days=working_days(due, today, here.knowledge.calendar))


def stale(dossier: Dossier, here: Here) -> bool:
    """Whether the day promised is over and the data is from before it: nobody can say here whether it was kept."""
    return (
        dossier.state in IN_WORK
        and dossier.due is not None
        and day_of(dossier.due) < here.today
        and not known_of(dossier, day_of(dossier.due))
    )


def known_of(dossier: Dossier, day: date) -> bool:
    """Whether the data reaches to `day`."""
    return dossier.until is not None and day_of(dossier.until) >= day


def working_days(after: date, until: date, calendar: WorkingDays) -> int | None:
    """The working days after `after` up to `until`, both days in Vietnam; None where the calendar does not know them."""
    if (until - after).days > LONGEST:
        return None
    try:
        return working_days_between(after, until, calendar)
    except CalendarUnknown:
        return None
