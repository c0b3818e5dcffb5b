"""Which column of an export holds what: titles matched by the table in columns.toml, shown to an officer, remembered by their fingerprint."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from knowledge.text.folding import fold

FILE = Path(__file__).with_name("columns.toml")
NEEDED = ("code", "state")
_WORD = re.compile(r"[^\W_]+")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_LONGEST_TITLE = 80


@dataclass(frozen=True, slots=True)
class Column:
    """The column (counted from 0) that holds a field, and its title as it stands in the file."""

    field: str
    index: int
    header: str


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """Which column holds which field. `fingerprint` (SHA-256, hex) is the same for every file with the same titles in the same places.

    `doubts` are Vietnamese sentences for the officer who confirms: two columns that both could be meant, a column that is missed.
    `unread` are the titles of columns that nothing is taken from.
    """

    columns: tuple[Column, ...]
    fingerprint: str
    doubts: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()

    def index(self, field: str) -> int | None:
        """The column of a field, from 0; None where the file has none."""
        return next((column.index for column in self.columns if column.field == field), None)

    @property
    def missing(self) -> tuple[str, ...]:
        """The fields without which nothing can be read."""
        return tuple(field for field in NEEDED if self.index(field) is None)

    def to_json(self) -> str:
        """The map as it is kept (table sheet_maps)."""
        columns = [[column.field, column.index, column.header] for column in self.columns]
        kept = {"fingerprint": self.fingerprint, "columns": columns, "doubts": self.doubts, "unread": self.unread}
        return json.dumps(kept, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> ColumnMap:
        """The map that `to_json` wrote. Raises ValueError for anything else."""
        try:
            kept = json.loads(text)
            columns = tuple(Column(str(field), int(index), str(header)) for field, index, header in kept["columns"])
            doubts, unread = (tuple(map(str, kept.get(name, ()))) for name in ("doubts", "unread"))
            read = cls(columns, str(kept["fingerprint"]), doubts, unread)
        except (TypeError, KeyError, AttributeError) as error:
            raise ValueError("not a map of columns") from error
        if any(column.field not in _table() or not 0 <= column.index < 1000 for column in columns):
            raise ValueError("not a map of columns")
        return read


def title(field: str) -> str:
    """What a field is called in Vietnamese ("code" → "Mã hồ sơ")."""
    return _table()[field].title


def match(titles: Sequence[str | tuple[str, ...]]) -> ColumnMap:
    """The map of a header. A title is a text, or the texts by which one column may be meant (two lines: joined, lower, upper), best first."""
    said = [one if isinstance(one, tuple) else (one,) for one in titles]
    # Per field the columns that claim it: the better kind of match first, then the earlier name, then the column further left.
    claims: dict[str, list[tuple[int, int, int]]] = {}
    for index, texts in enumerate(said):
        found = [best for text in texts if (best := _field(text)) is not None]
        if found:
            field, kind, place = min(found, key=lambda one: one[1:])
            claims.setdefault(field, []).append((kind, place, index))
    shown = [_shown(texts[0]) for texts in said]
    columns, doubts = [], []
    for field, known in _table().items():
        ranked = sorted(claims.get(field, ()))
        if ranked and not known.dropped:
            columns.append(Column(field, ranked[0][2], shown[ranked[0][2]]))
            doubts += [
                f"Cột “{shown[other]}” cũng có thể là “{known.title}”; máy lấy cột “{shown[ranked[0][2]]}”."
                for _kind, _place, other in ranked[1:]
            ]
        elif ranked:
            columns += [Column(field, index, shown[index]) for _kind, _place, index in ranked]
    taken = {column.index for column in columns if not _table()[column.field].dropped}
    if not {"procedure_name", "procedure_code"} & {column.field for column in columns}:
        doubts.append("Không thấy cột tên thủ tục hoặc mã thủ tục: người dân sẽ không thấy tên việc mình nộp.")
    unread = tuple(text for index, text in enumerate(shown) if text and index not in taken)
    return ColumnMap(tuple(columns), _fingerprint([texts[0] for texts in said]), tuple(doubts), unread)


def compact(text: str) -> str:
    """A title without diacritics, case, signs and spaces: "Ngày  tiếp nhận:" and "NgayTiepNhan" are one."""
    return "".join(_WORD.findall(fold(unicodedata.normalize("NFC", text)).casefold()))


def is_title(text: str) -> bool:
    """Whether a whole cell is one of the known titles."""
    return compact(text) in _exact()


@dataclass(frozen=True, slots=True)
class _Field:
    title: str
    names: tuple[str, ...]
    spoilt_by: tuple[str, ...]
    dropped: bool


@cache
def _table() -> dict[str, _Field]:
    raw = tomllib.loads(FILE.read_text(encoding="utf-8"))
    dropped: dict[str, Any] = raw.pop("dropped")
    return {
        field: _Field(
            entry["title"],
            tuple(map(_words, entry["names"])),
            tuple(map(_words, entry.get("not", ()))),
            field in dropped,
        )
        for field, entry in (raw | dropped).items()
    }


@cache
def _exact() -> dict[str, tuple[str, int]]:
    known: dict[str, tuple[str, int]] = {}
    for field, entry in _table().items():
        for place, name in enumerate(entry.names):
            known.setdefault(name.replace(" ", ""), (field, place))
    return known


def _words(text: str) -> str:
    # Humps of CamelCase are words: "SoDienThoaiChuHoSo" → "so dien thoai chu ho so".
    humps = _HUMP.sub(" ", fold(unicodedata.normalize("NFC", text)))
    return " ".join(_WORD.findall(humps.casefold()))


def _field(text: str) -> tuple[str, int, int] | None:
    """The field a title means, the kind of match (0 the whole title, 1 its beginning, 2 inside it) and the name's place, low is good."""
    if not text or len(text) > _LONGEST_TITLE:
        return None
    whole = _exact().get(compact(text))
    if whole is not None:
        return whole[0], 0, whole[1]
    words = f" {_words(text)} "
    found: list[tuple[int, int, int, str]] = []
    for field, entry in _table().items():
        if any(f" {spoiler} " in words for spoiler in entry.spoilt_by):
            continue
        for place, name in enumerate(entry.names):
            # Short single words ("Phí", "TT", "Kênh") mean something only as a whole title or its first word.
            if words.startswith(f" {name} "):
                found.append((1, -len(name), place, field))
            elif " " in name and f" {name} " in words:
                found.append((2, -len(name), place, field))
    if not found:
        return None
    kind, _length, place, field = min(found)
    return field, kind, place


def _fingerprint(titles: Sequence[str]) -> str:
    return hashlib.sha256(
        "\0".join(compact(text) for text in titles).rstrip("\0").encode("utf-8", "replace")
    ).hexdigest()


def _shown(text: str) -> str:
    # A title is no personal data; a long number in it would be none of a title's.
    return "" if re.search(r"\d{4}", text) else " ".join(text.split())[:_LONGEST_TITLE]
