"""Files of JSON: one document, one object a line, or a folder of such files. Every dossier found in them becomes a `Record`.

A document is a list of dossiers, one dossier, or an envelope with the list under "content", "data" and the like, some levels deep.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from bot.sources.json_records import ReadRow, is_dossier, record_of
from bot.sources.reading import Doubt, Reading, SourceError
from handlers.dossier.model import Record, Sealer
from knowledge.unit import Unit

LARGEST = 64 * 1024 * 1024  # bytes of one file: read at once it takes five times as much memory
MOST_FILES = 2_000
DEEPEST = 6
ENVELOPES = ("content", "data", "items", "rows", "records", "result", "results", "value", "dossiers", "DanhSachHoSo")
ENDINGS = (".json", ".jsonl", ".ndjson")


class Gathering:
    """Records as they come in, each code once, and everything doubtful beside them; `reading` is the sum."""

    def __init__(
        self, unit: Unit, sealer: Sealer, today: date, ours: Callable[[ReadRow], bool] = lambda _row: True
    ) -> None:
        self._unit, self._sealer, self._today, self._ours = unit, sealer, today, ours
        self._records: dict[str, Record] = {}
        self._places: dict[str, tuple[int, int]] = {}
        self.reading = Reading()
        self.rows = self.kept = self.foreign = 0

    def take(self, value: Any, document: int = 1) -> None:
        """Read one value that stands where a dossier should. Rows count on over all documents; what is not `ours` is passed over."""
        self.rows += 1
        if not isinstance(value, Mapping):
            self.doubt("không phải một hồ sơ")
            return
        found = record_of(value, self._unit, self._sealer, self._today)
        if found.record is not None and not self._ours(found):
            self.foreign += 1
            return
        for why in found.whys:
            self.doubt(why, skipped=found.record is None)
        if found.record is None:
            return
        if found.unknown_state:
            self.reading.unknown_states[found.record.state_name] += 1
        self.kept += 1
        self._keep(found.record, document)

    def doubt(self, why: str, *, skipped: bool = True) -> None:
        """Note something about the row read last."""
        self.reading.doubts.append(Doubt(self.rows, why, skipped))

    def _keep(self, record: Record, document: int) -> None:
        before = self._records.get(record.code)
        if before is None or not (before.updated and record.updated) or record.updated >= before.updated:
            kept, place = record, (document, self.rows)
        else:
            kept, place = before, self._places[record.code]
        # The same dossier in two files of a folder is a newer state of it; twice in one file is worth a look.
        if before is not None and self._places[record.code][0] == document:
            self.doubt(f"hồ sơ này đã có ở dòng {self._places[record.code][1]}, lấy bản mới hơn")
        self._records[record.code], self._places[record.code] = kept, place

    def done(self) -> Reading:
        """The reading with all records, in the order in which their codes were first met."""
        self.reading.records = tuple(self._records.values())
        return self.reading


def read_json(path: Path, unit: Unit, sealer: Sealer, today: date) -> Reading:
    """Read a file, or every .json, .jsonl and .ndjson file of a folder (by name, later files are newer). `today` is the day in Vietnam.

    Raises SourceError when nothing can be read: no file, not JSON, cut in the middle, too large, no dossiers in it. In a folder a file that
    cannot be read is a doubt, as long as another can. `until` is None: JSON does not say when it was made.
    """
    files = _files(path)
    gathering = Gathering(unit, sealer, today)
    whole: list[str] = []
    failed: SourceError | None = None
    for number, file in enumerate(files, 1):
        try:
            content = _content(file)
            whole.append(hashlib.sha256(content).hexdigest())
            for value in rows_of(content, gathering):
                gathering.take(value, number)
        except SourceError as error:
            if len(files) == 1:
                raise
            gathering.doubt(f"tệp thứ {number} theo thứ tự tên không đọc được: {error}")
            failed = error
    reading = gathering.done()
    if failed and not reading.records:
        raise failed
    reading.fingerprint = whole[0] if len(files) == 1 else hashlib.sha256("".join(sorted(whole)).encode()).hexdigest()
    return reading


def rows_of(content: bytes, gathering: Gathering) -> Iterator[Any]:
    """The values of a file that stand where dossiers should. Raises SourceError for what is no JSON or has no list of dossiers."""
    text = _text(content)
    if not text.strip():
        raise SourceError("Tệp trống. Xuất lại từ hệ thống một cửa.")
    try:
        document = json.loads(text)
    except RecursionError:
        raise SourceError("Tệp lồng quá nhiều lớp, không phải tệp hồ sơ.") from None
    except ValueError as error:
        lines = _lines(text)
        if lines is None:
            cut = text.lstrip().startswith(("{", "[")) and _ends_early(error, text)
            raise SourceError(
                "Tệp bị cắt giữa chừng. Xuất hoặc chép lại tệp." if cut else "Tệp không phải JSON đúng. Xuất lại tệp."
            ) from None
        yield from _by_line(lines, gathering)
        return
    yield from rows_in(document)


def _ends_early(error: ValueError, text: str) -> bool:
    return isinstance(error, json.JSONDecodeError) and (
        error.pos >= len(text.rstrip()) - 1 or error.msg.startswith("Unterminated")
    )


def rows_in(document: Any) -> list[Any]:
    """The list of dossiers in a document, through its envelopes. Raises SourceError where there is none."""
    found = _find(document, 0)
    if found is None:
        raise SourceError("Không thấy danh sách hồ sơ trong tệp. Xem lại đã chọn đúng tệp chưa.")
    return found


def _find(value: Any, depth: int) -> list[Any] | None:
    if depth > DEEPEST:
        return None
    if isinstance(value, list):
        # A list of envelopes (pages gathered in one file) is opened; anything else in it is a row, readable or not.
        opened = [(each, None if is_dossier(each) else _enveloped(each, depth + 1)) for each in value]
        return [row for each, rows in opened for row in (rows if rows is not None else [each])]
    if is_dossier(value):
        return [value]
    return _enveloped(value, depth)


def _enveloped(value: Any, depth: int) -> list[Any] | None:
    if not isinstance(value, Mapping):
        return None
    for key in ENVELOPES:
        if isinstance(value.get(key), list | Mapping) and (found := _find(value[key], depth + 1)) is not None:
            return found
    inner = list(value.values())
    if inner and all(is_dossier(each) for each in inner):
        return inner  # a map from something to dossiers
    return None


def _lines(text: str) -> list[str] | None:
    """The lines of a file with one object a line; None where it is something else."""
    lines = text.splitlines()
    filled = [line for line in lines if line.strip()]
    if len(filled) < 2:
        return None
    try:
        return lines if isinstance(json.loads(filled[0]), Mapping) else None
    except (ValueError, RecursionError):
        return None


def _by_line(lines: list[str], gathering: Gathering) -> Iterator[Any]:
    for line in lines:
        if not line.strip():
            continue
        try:
            rows = _find(json.loads(line), 1)
        except (ValueError, RecursionError):
            gathering.rows += 1
            gathering.doubt("dòng không đọc được hoặc bị cắt")
            continue
        yield from rows if rows is not None else [None]


def _files(path: Path) -> list[Path]:
    try:
        if not path.is_dir():
            return [path]
        files = sorted(p for p in path.iterdir() if p.suffix.lower() in ENDINGS and p.is_file())
    except OSError:
        raise SourceError("Không mở được thư mục. Xem lại tên và quyền đọc.") from None
    if not files:
        raise SourceError("Thư mục không có tệp .json nào.")
    if len(files) > MOST_FILES:
        raise SourceError(f"Thư mục có {len(files)} tệp, nhiều nhất là {MOST_FILES}. Chia ra nhiều lần nhập.")
    return files


def _content(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise SourceError(
                f"Tệp nặng {size // 2**20} MB, nhiều nhất là {LARGEST // 2**20} MB. Xuất từng khoảng ngày, để chung một thư mục."
            )
        return path.read_bytes()
    except OSError:
        raise SourceError("Không mở được tệp. Xem lại tên và quyền đọc.") from None


def _text(content: bytes) -> str:
    if content.startswith((b"\x1f\x8b", b"PK\x03\x04")):
        raise SourceError("Đây là tệp nén. Giải nén rồi nhập các tệp bên trong.")
    try:
        # The standard library's own test of the first bytes: UTF-8, UTF-16 or UTF-32, with a mark or without.
        return content.decode(json.detect_encoding(content))
    except (UnicodeDecodeError, LookupError):
        raise SourceError("Tệp không phải chữ Unicode (UTF-8). Xuất lại và chọn UTF-8.") from None
