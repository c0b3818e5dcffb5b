"""Where the table begins: below a letterhead, in one line of titles or in two; and which rows in it are no dossiers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.sources.cells import text
from bot.sources.columns import ColumnMap, compact, match, weight
from bot.sources.sheets.model import Cell, Numbered
from handlers.hearing import plain

LOOKED_AT = 60  # rows in which a header must begin; letterheads have three to eight
_COUNTING = re.compile(r"\(?\d{1,2}\)?(?:\s*[=+\-]\s*\(?\d{1,2}\)?)*|\(?[A-H]\)?|\[\d{1,2}\]")
_LONG_NUMBER = re.compile(r"\d{4}")
_CLOSING = re.compile(
    r"(?:tong(?: cong| so)?|cong(?= \d|$)|nguoi (?:lap|ky)|thu truong|noi nhan|ghi chu|luy ke|page|trang(?= \d))\b"
)


@dataclass(frozen=True, slots=True)
class Header:
    """A header: its columns, its lines as they stand (to know them again where a page repeats them), how many rows lie above the data."""

    map: ColumnMap
    lines: tuple[tuple[str, ...], ...]
    above: int

    @property
    def width(self) -> int:
        """How many columns the titles reach over."""
        return max(map(len, self.lines))


def find(rows: Sequence[Numbered]) -> Header | None:
    """The header among the first rows of a sheet; None where nothing looks like one.

    One line is preferred; two are joined only where more titles are understood by it ("Ngày" over "tiếp nhận", "hẹn trả").
    """
    lines = [tuple(text(cell, 200) for cell in cells) for _number, cells in rows]
    best: tuple[int, int, int, list[tuple[str, ...]]] | None = None
    for place, line in enumerate(lines[:LOOKED_AT]):
        if not _titles_only(line):
            continue
        tries: list[tuple[int, list[tuple[str, ...]]]] = [(1, [(one,) if one else () for one in line])]
        if place + 1 < len(lines) and rows[place + 1][0] == rows[place][0] + 1 and _titles_only(lines[place + 1]):
            tries.append((2, _joined(line, lines[place + 1])))
        for height, titles in tries:
            worth = weight(titles)
            if worth and (best is None or worth > best[0]):
                best = (worth, place, height, titles)
    if best is None:
        return None
    _worth, place, height, titles = best
    return Header(match(titles), tuple(lines[place : place + height]), place + height)


def counts_columns(cells: Sequence[Cell]) -> bool:
    """Whether a row only numbers the columns: "(1) (2) (3)", "A B 1 2"."""
    filled = [one for cell in cells if (one := text(cell, 40))]
    return len(filled) >= 2 and all(_COUNTING.fullmatch(one) for one in filled)


def repeats(header: Header, cells: Sequence[Cell]) -> bool:
    """Whether a row is a line of the header again, as at the top of every printed page."""
    filled = [(index, seen) for index, cell in enumerate(cells) if (seen := compact(text(cell, 200)))]
    return bool(filled) and any(
        all(index < len(line) and compact(line[index]) == seen for index, seen in filled) for line in header.lines
    )


def closes(cells: Sequence[Cell]) -> bool:
    """Whether a row is a total or a signature: its first words say so."""
    first = next((one for cell in cells if (one := text(cell, 200)) and not one.isdigit()), "")
    return _CLOSING.match(plain(first)) is not None


def _titles_only(line: Sequence[str]) -> bool:
    # A dossier has a code or a date, a title has no long number.
    return any(line) and not any(_LONG_NUMBER.search(one) for one in line)


def _joined(upper: Sequence[str], lower: Sequence[str]) -> list[tuple[str, ...]]:
    titles: list[tuple[str, ...]] = []
    over = ""
    for index in range(max(len(upper), len(lower))):
        above = upper[index] if index < len(upper) else ""
        below = lower[index] if index < len(lower) else ""
        over = above or over  # a title merged over several columns stands in the first of them
        if not below or compact(above) == compact(below):
            titles.append((above,) if above else ())
        elif not over:
            titles.append((below,))
        else:
            titles.append((f"{over} {below}", f"{below} {over}", below))
    return titles
