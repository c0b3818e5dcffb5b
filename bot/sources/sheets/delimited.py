"""Comma, semicolon or tab separated text into rows."""

from __future__ import annotations

import csv
import itertools
from collections import Counter
from collections.abc import Iterator

from bot.sources.sheets.encodings import encoding_of, lines
from bot.sources.sheets.model import MOST_COLUMNS, MOST_ROWS, Cell, Numbered, Sheet, Unreadable, emptied

_LOOKED_AT = 60  # lines from which the separator is told
_LONGEST_CELL = 131_072


def read(data: bytes) -> Iterator[Sheet]:
    """The one sheet of a text file. Raises Unreadable while the rows are walked when there are too many."""
    yield Sheet("", _rows(data), delimited=True)


def _rows(data: bytes) -> Iterator[Numbered]:
    csv.field_size_limit(_LONGEST_CELL)
    text = (line.replace("\0", "") for line in lines(data, encoding_of(data)))
    start = list(itertools.islice(text, _LOOKED_AT))
    first = 1
    separator = ""
    if start and start[0].lstrip("\ufeff").lower().startswith("sep=") and len(start[0].strip("\ufeff\r\n")) == 5:
        separator = start.pop(0).lstrip("\ufeff")[4]  # Excel's own line; it shows the rows below it from 1
    separator = separator or _separator(start)
    number = first - 1
    rows = csv.reader(itertools.chain(start, text), delimiter=separator)
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error:  # an endless quote: the rest of the file is one cell
            raise Unreadable("damaged") from None
        number += 1
        if number > MOST_ROWS:
            raise Unreadable("too_long")
        # Not cut to what is filled: how many pieces a line has tells whether it holds a separator too many.
        if emptied(list[Cell](row)):
            yield number, list[Cell](row[: MOST_COLUMNS + 1])


def _separator(start: list[str]) -> str:
    # The separator that cuts most lines into the same number of pieces, and into more than one.
    def evenness(separator: str) -> tuple[int, int]:
        try:
            widths = Counter(len(row) for row in csv.reader(start, delimiter=separator) if len(row) > 1)
        except csv.Error:
            return 0, 0
        width, lines_of_it = max(widths.items(), key=lambda item: item[1] * item[0], default=(0, 0))
        return lines_of_it * width, width

    return max(",;\t|", key=evenness)
