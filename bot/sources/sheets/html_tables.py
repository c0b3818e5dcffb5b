"""HTML that is named .xls: every row of every table, in the order of the page, as a spreadsheet program shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from bot.sources.sheets.encodings import decoded, encoding_of
from bot.sources.sheets.model import MOST_COLUMNS, MOST_ROWS, Cell, Merged, Numbered, Sheet, Unreadable, emptied

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w\-]+)", re.I)
_PIECE = 1 << 18
_BREAKS = {"br", "p", "div", "li"}
_SILENT = {"style", "script", "title"}


def read(data: bytes) -> Iterator[Sheet]:
    """The page as one sheet. Raises Unreadable while the rows are walked when there are too many."""
    yield Sheet("", _rows(data))


def _rows(data: bytes) -> Iterator[Numbered]:
    said = _CHARSET.search(data[:4096])
    name = said.group(1).decode().lower() if said else ""
    encoding = encoding_of(data)
    # A page that says UTF-8 and is not (or the other way) is common: its word is taken for the old ones only.
    if name == "windows-1258" and encoding not in ("utf-8", "utf-8-sig", "utf-16"):
        encoding = "cp1258"
    text = decoded(data, encoding)
    page = _Page()
    for start in range(0, len(text), _PIECE):
        page.feed(text[start : start + _PIECE])
        yield from page.taken()
    page.close()
    page.finish()
    yield from page.taken()


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._number = 0
        self._rows: list[Numbered] = []
        self._row: list[Cell] | None = None
        self._cell: list[str] | None = None
        self._spans = (1, 1)
        self._merged = Merged()
        self._outer: list[tuple[list[Cell] | None, list[str] | None, tuple[int, int], Merged]] = []
        self._quiet = 0

    def taken(self) -> list[Numbered]:
        """The rows that are whole by now, each once."""
        rows, self._rows = self._rows, []
        return rows

    def finish(self) -> None:
        """The page has ended, perhaps in the middle of a row."""
        while self._outer:
            self.handle_endtag("table")
        self._end_row()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            if self._row is not None:
                self._outer.append((self._row, self._cell, self._spans, self._merged))
                self._row, self._cell, self._merged = None, None, Merged()
        elif tag == "tr":
            self._end_row()
            self._begin_row()
        elif tag in ("td", "th"):
            if self._row is None:
                self._begin_row()
            self._end_cell()
            self._cell = []
            spans = dict(attrs)
            self._spans = (_span(spans.get("colspan"), MOST_COLUMNS), _span(spans.get("rowspan"), MOST_ROWS))
        elif tag in _SILENT:
            self._quiet += 1
        elif tag in _BREAKS and self._cell is not None:
            self._cell.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._end_cell()
        elif tag == "tr":
            self._end_row()
        elif tag == "table":
            self._end_row()
            if self._outer:
                self._row, self._cell, self._spans, self._merged = self._outer.pop()
            else:
                self._merged = Merged()
        elif tag in _SILENT:
            self._quiet = max(0, self._quiet - 1)
        elif tag in _BREAKS and self._cell is not None:
            self._cell.append(" ")

    def handle_data(self, data: str) -> None:
        if self._cell is not None and not self._quiet:
            self._cell.append(data)

    def _begin_row(self) -> None:
        self._number += 1
        if self._number > MOST_ROWS:
            raise Unreadable("too_long")
        self._row = []

    def _end_cell(self) -> None:
        if self._cell is None or self._row is None:
            return
        while self._merged.taken(len(self._row), self._number):
            self._row.append("")
        text = " ".join("".join(self._cell).split())
        across, down = self._spans
        if down > 1:
            self._merged.begin(len(self._row), self._number + down - 1, text)
        self._row += [text, *[""] * (across - 1)]
        self._cell = None

    def _end_row(self) -> None:
        self._end_cell()
        if self._row is None:
            return
        self._merged.fill(self._number, self._row)
        cells = emptied(self._row)
        if cells:
            self._rows.append((self._number, cells))
        self._row = None


def _span(text: str | None, most: int) -> int:
    return min(max(int(text), 1), most) if text and text.isascii() and text.isdigit() and len(text) < 9 else 1
