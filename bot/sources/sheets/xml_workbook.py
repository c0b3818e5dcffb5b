"""The XML of Excel 2003 (SpreadsheetML), which portals name .xls: read with the standard library's expat, a row at a time."""

from __future__ import annotations

from collections.abc import Iterator
from xml.parsers import expat

from bot.sources.sheets.model import MOST_COLUMNS, MOST_ROWS, Cell, Merged, Numbered, Sheet, Unreadable, emptied

_PIECE = 1 << 18
_NUMBERS = {"number": float, "boolean": lambda text: text.strip() == "1"}


def read(data: bytes) -> Iterator[Sheet]:
    """The sheets, one after the other: the rows of one are walked before the next is asked for.

    Raises Unreadable while they are walked, for XML that breaks off, for an entity of its own (none is needed; they can be bombs).
    """
    workbook = _Workbook()
    for name, rows in _by_sheet(_events(data, workbook)):
        yield Sheet(name, rows)


def _events(data: bytes, workbook: _Workbook) -> Iterator[tuple[str, Numbered]]:
    for start in range(0, len(data), _PIECE):
        try:
            workbook.parser.Parse(data[start : start + _PIECE], start + _PIECE >= len(data))
        except (expat.ExpatError, LookupError, ValueError):
            raise Unreadable("damaged") from None
        yield from workbook.taken()


def _by_sheet(events: Iterator[tuple[str, Numbered]]) -> Iterator[tuple[str, Iterator[Numbered]]]:
    waiting = next(events, None)

    def rows(name: str) -> Iterator[Numbered]:
        nonlocal waiting
        while waiting is not None and waiting[0] == name:
            yield waiting[1]
            waiting = next(events, None)

    while waiting is not None:
        name = waiting[0]
        yield name, rows(name)
        for _left in rows(name):
            pass


class _Workbook:
    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.EntityDeclHandler = self._entity
        self._done: list[tuple[str, Numbered]] = []
        self._sheet = ""
        self._row = 0
        self._cells: list[Cell] = []
        self._type = ""
        self._data: list[str] | None = None
        self._down = 0
        self._across = 0
        self._merged = Merged()

    def taken(self) -> list[tuple[str, Numbered]]:
        """The rows that are whole by now with the names of their sheets, each once."""
        done, self._done = self._done, []
        return done

    def _entity(self, *_declaration: object) -> None:
        raise Unreadable("bomb")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2].lower()
        said = {key.rpartition(":")[2].lower(): value for key, value in attributes.items()}
        if tag == "worksheet":
            self._sheet, self._row, self._merged = said.get("name", ""), 0, Merged()
        elif tag == "row":
            self._row = _number(said.get("index"), self._row + 1)
            if self._row > MOST_ROWS:
                raise Unreadable("too_long")
            self._cells = []
        elif tag == "cell":
            at = _number(said.get("index"), 0) - 1
            if at < 0:
                at = len(self._cells)
                while self._merged.taken(at, self._row):
                    at += 1
            self._cells += [""] * (min(at, MOST_COLUMNS) - len(self._cells))
            self._cells.append("")
            self._down, self._across = _number(said.get("mergedown"), 0), _number(said.get("mergeacross"), 0)
        elif tag == "data":
            self._type, self._data = said.get("type", "String").lower(), []

    def _end(self, name: str) -> None:
        tag = name.rpartition(":")[2].lower()
        if tag == "data" and self._data is not None and self._cells:
            self._cells[-1] = _cell("".join(self._data), self._type)
            self._data = None
        elif tag == "cell" and self._cells:
            if self._down:
                self._merged.begin(len(self._cells) - 1, self._row + self._down, self._cells[-1])
            self._cells += [""] * min(self._across, MOST_COLUMNS)
        elif tag == "row":
            self._merged.fill(self._row, self._cells)
            cells = emptied(self._cells)
            if cells:
                self._done.append((self._sheet, (self._row, cells)))

    def _text(self, text: str) -> None:
        if self._data is not None:
            self._data.append(text)


def _cell(text: str, kind: str) -> Cell:
    try:
        return _NUMBERS[kind](text) if kind in _NUMBERS else text
    except ValueError:
        return text


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else otherwise
