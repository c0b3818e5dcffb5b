"""What the child process hands over: rows of plain cells, and in one word why a file cannot be read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

# Dates are ISO text ("2026-11-20", "2026-11-20T08:30:00"); an empty cell is "".
Cell = str | float | int | bool
# A row's own number (from 1, as a spreadsheet program shows it) and its cells; rows without anything in them are left out.
Numbered = tuple[int, list[Cell]]
Failure = Literal[
    "empty",
    "password",
    "damaged",
    "not_a_sheet",
    "archive",
    "pdf",
    "picture",
    "word",
    "json",
    "old_excel",
    "bomb",
    "too_long",
    "too_big",
    "gave_up",
]

MOST_ROWS = 200_000  # in one file; a commune files about 30,000 dossiers a year
MOST_COLUMNS = 200  # what lies further right is not looked at


class Unreadable(Exception):
    """The file cannot be read; `why` says of which kind the trouble is, and nothing of what the file holds."""

    def __init__(self, why: Failure) -> None:
        super().__init__(why)
        self.why: Failure = why


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name, whether it is shown, and its rows, which can be walked once."""

    name: str
    rows: Iterator[Numbered]
    hidden: bool = False
    delimited: bool = False


def emptied(cells: list[Cell]) -> list[Cell]:
    """The cells up to the last that holds something, at most MOST_COLUMNS."""
    end = min(len(cells), MOST_COLUMNS)
    while end and (cells[end - 1] == "" or (isinstance(text := cells[end - 1], str) and not text.strip())):
        end -= 1
    return cells[:end]


class Merged:
    """Cells merged downwards: the value stands in the first row, and the rows below are meant too."""

    def __init__(self) -> None:
        self._open: dict[int, tuple[int, Cell]] = {}

    def begin(self, column: int, last_row: int, value: Cell) -> None:
        """From here to `last_row` (inclusive) `column` repeats `value`."""
        if column < MOST_COLUMNS and value != "":
            self._open[column] = (last_row, value)

    def taken(self, column: int, row: int) -> bool:
        """Whether a cell of an earlier row reaches into `row` at `column`."""
        held = self._open.get(column)
        return held is not None and held[0] >= row

    def fill(self, row: int, cells: list[Cell]) -> None:
        """Put what reaches into `row` where `cells` has nothing."""
        for column, (last, value) in list(self._open.items()):
            if row > last:
                del self._open[column]
                continue
            if column >= len(cells):
                cells.extend([""] * (column + 1 - len(cells)))
            if cells[column] == "":
                cells[column] = value
