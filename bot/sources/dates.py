"""Dates as exports write them. A day stands before its month, always: 05/06/2026 is the fifth of June (docs/dossiers.md)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache

from bot.sources.cells import text
from bot.sources.sheets.model import Cell
from knowledge.unit import ZONE

RECEIVED = time(0, 0)  # a day of receipt without a clock time: its beginning
DUE = time(17, 0)  # a day promised without a clock time: when the counters close
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - day 0 of Excel's 1900 system, counting its 29 February 1900; local time
_SERIALS = (36_526, 73_051)  # 2000-01-01 to 2100-01-01
_YEARS = range(2000, 2100)
_CLOCK = r"(?P<h>\d{1,2})(?:[:hg]|\s*giờ\s*)(?P<mi>\d{1,2})?(?::(?P<s>\d{1,2}))?(?:[.,]\d+)?(?:\s*phút)?\s*(?P<half>sa|ch|am|pm)?"
_DAY = r"(?:ngày\s*)?(?P<d>\d{1,2})\s*(?:[/.\-]|tháng)\s*(?P<mo>\d{1,2})\s*(?:[/.\-]|năm)\s*(?P<y>\d{4}|\d{2})"
_ISO_CLOCK = r"(?P<h>\d{1,2}):(?P<mi>\d{2})(?::(?P<s>\d{2}))?(?:[.,]\d+)?\s*(?P<zone>z|[+-]\d{2}:?\d{2})?"
_SHAPES = tuple(
    re.compile(shape)
    for shape in (
        rf"{_DAY}(?:[\s,-]+(?:lúc\s*)?{_CLOCK})?",
        rf"{_CLOCK}[\s,-]+{_DAY}",
        rf"(?P<y>\d{{4}})[-/.](?P<mo>\d{{1,2}})[-/.](?P<d>\d{{1,2}})(?:[t\s]+{_ISO_CLOCK})?",
        r"(?P<y>20\d{2})(?P<mo>\d{2})(?P<d>\d{2})(?:(?P<h>\d{2})(?P<mi>\d{2})(?P<s>\d{2})?)?",
    )
)
_SERIAL = re.compile(r"\d{5}(?:[.,]\d+)?")
# What programs write for "no date".
_NO_DATE = re.compile(
    r"(?:0?0/0?0/0000|0?1/0?1/(?:0001|1900|1970)|0001-01-01|1900-01-0[01]|1970-01-01|30/12/1899|1899-12-3[01]|0000-00-00).*|0"
)


def moment(cell: Cell, clock: time) -> datetime | None:
    """The moment in a cell, in UTC; `clock` (local) stands in where the cell names only a day. None for an empty cell.

    Read are dd/MM/yyyy (also with "-" or "." and short years), with a clock time behind or before it, ISO with or without a zone,
    yyyyMMdd[HHmmss], words ("ngày 20 tháng 11 năm 2026"), and Excel's serial numbers, also as text. Midnight counts as no clock time.
    Raises ValueError for anything else, as for a month above twelve: nothing is guessed.
    """
    return _read(text(cell, 80).lower(), clock)


@lru_cache(maxsize=8192)
def _read(said: str, clock: time) -> datetime | None:
    if not said or _NO_DATE.fullmatch(said):
        return None
    if _SERIAL.fullmatch(said):
        return _of_serial(float(said.replace(",", ".")), clock)
    for shape in _SHAPES:
        if found := shape.fullmatch(said):
            return _of_parts(found.groupdict(), clock)
    raise ValueError("no date")


def _of_serial(serial: float, clock: time) -> datetime:
    if not _SERIALS[0] <= serial < _SERIALS[1]:
        raise ValueError("no date")
    # To the second: a serial holds a time of day only about that well.
    local = _EPOCH + timedelta(days=int(serial), seconds=round(serial % 1 * 86_400))
    return _aware(local, clock)


def _of_parts(parts: dict[str, str | None], clock: time) -> datetime:
    year, month, day = (int(parts[name] or 0) for name in ("y", "mo", "d"))
    if year < 100:
        year += 2000
    if year not in _YEARS:
        raise ValueError("no date")
    hour, minute, second = (int(parts.get(name) or 0) for name in ("h", "mi", "s"))
    half = parts.get("half")
    if half in ("ch", "pm") and hour < 12:
        hour += 12
    elif half in ("sa", "am") and hour == 12:
        hour = 0
    local = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - given its zone below
    zone = parts.get("zone")
    if zone:
        local = (
            datetime.strptime(local.isoformat() + zone.upper(), "%Y-%m-%dT%H:%M:%S%z")
            .astimezone(ZONE)
            .replace(tzinfo=None)
        )
    return _aware(local, clock)


def _aware(local: datetime, clock: time) -> datetime:
    if local.time() == time():
        local = datetime.combine(local.date(), clock)
    return local.replace(tzinfo=ZONE).astimezone(UTC)
