"""Excel's and LibreOffice's own files (xlsx, xlsb, xls, ods), through calamine."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from bot.sources.sheets.model import MOST_ROWS, Cell, Merged, Numbered, Sheet, Unreadable, emptied

_MOST_SHEETS = 40
_MOST_MERGED = 200_000


def read(data: bytes) -> Iterator[Sheet]:
    """The sheets of a workbook. Raises Unreadable for a password or a damaged file.

    A cell at the far corner of an otherwise small sheet makes calamine ask for more memory than there is, and the process aborts; nothing
    here can catch that, which is why all of this runs in a child (calamine issue 693).
    """
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        about = list(workbook.sheets_metadata)
    except PasswordError:
        raise Unreadable("password") from None
    except (CalamineError, ValueError, OSError):
        raise Unreadable("damaged") from None
    for place, sheet in enumerate(about[:_MOST_SHEETS]):
        if sheet.typ is SheetTypeEnum.WorkSheet:
            hidden = sheet.visible is not SheetVisibleEnum.Visible
            yield Sheet(sheet.name, iter(()) if hidden else _opened(workbook, place), hidden=hidden)


def _opened(workbook: CalamineWorkbook, place: int) -> Iterator[Numbered]:
    try:
        sheet = workbook.get_sheet_by_index(place)
        merges = sorted(_downwards(sheet))
    except (CalamineError, ValueError, OSError):
        raise Unreadable("damaged") from None
    merged, at = Merged(), 0
    # iter_rows counts from the sheet's own first row; to_python would leave out empty rows at its top.
    for index, row in enumerate(sheet.iter_rows()):
        if index >= MOST_ROWS:
            raise Unreadable("too_long")
        cells = [_cell(value) for value in row]
        while at < len(merges) and merges[at][0] <= index:
            top, column, last = merges[at]
            if top == index and column < len(cells):
                merged.begin(column, last, cells[column])
            at += 1
        merged.fill(index, cells)
        if cells := emptied(cells):
            yield index + 1, cells


def _downwards(sheet: CalamineSheet) -> Iterator[tuple[int, int, int]]:
    for (top, left), (bottom, _right) in islice(sheet.merged_cell_ranges or (), _MOST_MERGED):
        if bottom > top:
            yield top, left, bottom


def _cell(value: object) -> Cell:
    if isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return "" if value is None else str(value)
