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
    `dropped` are the columns of names and addresses, which are thrown away; `unread` the titles of columns nothing is known of.
    """

    columns: tuple[Column, ...]
    fingerprint: str
    doubts: tuple[str, ...] = ()
    dropped: tuple[Column, ...] = ()
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
        kept: dict[str, object] = {"fingerprint": self.fingerprint, "doubts": self.doubts, "unread": self.unread}
        for name, columns in (("columns", self.columns), ("dropped", self.dropped)):
            kept[name] = [[column.field, column.index, column.header] for column in columns]
        return json.dumps(kept, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> ColumnMap:
        """The map that `to_json` wrote. Raises ValueError for anything else."""
        try:
            kept = json.loads(text)
            columns, dropped = (
                tuple(Column(str(field), int(index), str(header)) for field, index, header in kept[name])
                for name in ("columns", "dropped")
            )
            doubts, unread = (tuple(map(str, kept[name])) for name in ("doubts", "unread"))
            read = cls(columns, str(kept["fingerprint"]), doubts, dropped, unread)
        except (TypeError, KeyError, AttributeError, ValueError) as error:
            raise ValueError("not a map of columns") from error
        table = _table()
        for column in (*columns, *dropped):
            if (
                column.field not in table
                or table[column.field].dropped != (column in dropped)
                or not 0 <= column.index < 1000
            ):
                raise ValueError("not a map of columns")
        return read


def title(field: str) -> str:
    """What a field is called in Vietnamese ("code" → "Mã hồ sơ")."""
    return _table()[field].title


def match(titles: Sequence[tuple[str, ...]]) -> ColumnMap:
    """The map of a header. Each column is given by the texts that may name it (of two lines: joined, turned, the lower alone), best first."""
    claims = _claims(titles)
    shown = [_shown(texts[0]) if texts else "" for texts in titles]
    columns: list[Column] = []
    dropped: list[Column] = []
    doubts: list[str] = []
    for field, known in _table().items():
        ranked = sorted(claims.get(field, ()))
        if known.dropped:
            dropped += [Column(field, index, shown[index]) for _kind, _place, index in ranked]
        elif ranked:
            kind, _place, first = ranked[0]
            columns.append(Column(field, first, shown[first]))
            for other_kind, _place, other in ranked[1:]:
                if other_kind == kind:
                    doubts.append(f"Cột “{shown[other]}” cũng có thể là “{known.title}”; máy lấy cột “{shown[first]}”.")
    fields = {column.field for column in columns}
    if not fields & {"procedure_name", "procedure_code"}:
        doubts.append("Không thấy cột tên thủ tục hoặc mã thủ tục: người dân sẽ không thấy tên việc mình nộp.")
    seen = {column.index for column in (*columns, *dropped)}
    unread = tuple(text for index, text in enumerate(shown) if text and index not in seen)
    fingerprint = _fingerprint([texts[0] if texts else "" for texts in titles])
    return ColumnMap(tuple(columns), fingerprint, tuple(doubts), tuple(dropped), unread)


def weight(titles: Sequence[tuple[str, ...]]) -> int:
    """How much a row looks like a header: 3 for each field named by a whole title, 2 by its beginning, 1 inside it; 0 where too few are.

    A row with an officer's remark may hold one title's word; a header holds the code's beside another, or three.
    """
    best = {field: 3 - min(claim)[0] for field, claim in _claims(titles).items() if field != "other"}
    return sum(best.values()) if len(best) >= (2 if "code" in best else 3) else 0


def _claims(titles: Sequence[tuple[str, ...]]) -> dict[str, list[tuple[int, int, int]]]:
    # Per field the columns that claim it as (kind of match, place of the name in the table, column), low is good.
    claims: dict[str, list[tuple[int, int, int]]] = {}
    for index, texts in enumerate(titles):
        found = [best for text in texts if (best := _field(text)) is not None]
        if found:
            field, kind, place = min(found, key=lambda one: one[1])
            claims.setdefault(field, []).append((kind, place, index))
    return claims


def compact(text: str) -> str:
    """A title without diacritics, case, signs and spaces: "Ngày  tiếp nhận:" and "NgayTiepNhan" are one."""
    return "".join(_WORD.findall(fold(unicodedata.normalize("NFC", text)).casefold()))


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
            # A single word means something only as a whole title or its first word, two letters only as a whole title.
            if len(name) > 2 and words.startswith(f" {name} "):
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
