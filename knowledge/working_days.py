"""Working days: which days count for a deadline, and when the centre is shut.

The table is ours, one file a year in `knowledge/calendar/`, because the published calendars come late and the swaps of working days are set by
yearly notices (docs/calendar.md). Deadlines count working days; the day of receipt is not counted.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

FOLDER = Path(__file__).parent / "calendar"


class CalendarUnknown(Exception):
    """A count left the years the calendar covers; add the year's file."""


@dataclass(frozen=True, slots=True)
class DayException:
    """A day that differs from its weekday: off (a holiday) or worked (a swap), why and by which text."""

    day: date
    kind: Literal["off", "worked"]
    note: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """The working days of the years it covers. `exceptions` win over the weekday."""

    years: frozenset[int]
    exceptions: dict[date, DayException] = field(default_factory=dict)

    def works(self, day: date) -> bool:
        """Whether `day` is a working day. Raises CalendarUnknown outside the years covered."""
        if day.year not in self.years:
            raise CalendarUnknown(f"{day}: knowledge/calendar/{day.year}.toml is missing")
        exception = self.exceptions.get(day)
        return exception.kind == "worked" if exception else day.weekday() < 5

    def is_holiday(self, day: date) -> bool:
        """Whether `day` is off by the calendar itself (not just a weekend)."""
        exception = self.exceptions.get(day)
        return exception is not None and exception.kind == "off"

    def without_swaps(self) -> WorkingDays:
        """The same calendar where worked Saturdays do not count for terms, for a unit whose province counts so."""
        return WorkingDays(self.years, {day: e for day, e in self.exceptions.items() if e.kind == "off"})

    def due_date(self, received: date, term: int) -> date:
        """The day a dossier is due: `term` working days after `received`, which is not counted.

        The unit's holidays come from Bộ luật Lao động 2019, Điều 112 and the yearly notices; a worked Saturday counts.
        Raises CalendarUnknown when the count leaves the years covered, ValueError for a term below 1.
        """
        if term < 1:
            raise ValueError("a term is at least one working day")
        day, left = received, term
        while left:
            day += timedelta(days=1)
            left -= self.works(day)
        return day


def load_calendar(folder: Path = FOLDER) -> WorkingDays:
    """The calendar of all year files of a folder. Raises ValueError naming the file and the row that is wrong."""
    years: set[int] = set()
    exceptions: dict[date, DayException] = {}
    for path in sorted(folder.glob("*.toml")):
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        year = int(path.stem)
        years.add(year)
        for row in data.get("day", []):
            day = row.get("day")
            if not isinstance(day, date) or row.get("kind") not in ("off", "worked") or not row.get("note"):
                raise ValueError(f"{path.name}: {row}: needs day = YYYY-MM-DD, kind = off or worked, and a note")
            if day.year != year:
                raise ValueError(f"{path.name}: {day} belongs into {day.year}.toml")
            exceptions[day] = DayException(day, row["kind"], row["note"], row.get("source", ""))
    return WorkingDays(frozenset(years), exceptions)
