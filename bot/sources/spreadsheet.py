"""An export of the one-stop system, in whatever kind of table it comes, into records (docs/dossiers.md, "Files").

The file is opened in a child process; here its rows become records one by one, and of each row only the record stays.
"""

from __future__ import annotations

import hashlib
import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path

from bot.sources.cells import text
from bot.sources.columns import NEEDED, ColumnMap, title
from bot.sources.dates import moment
from bot.sources.header import LOOKED_AT, Header, counts_columns, find, repeats
from bot.sources.reading import Doubt, Reading, SourceError
from bot.sources.rows import RowReader
from bot.sources.sheets.encodings import from_tcvn3
from bot.sources.sheets.model import MOST_ROWS, Failure, Numbered, Sheet, Unreadable
from bot.sources.sheets.process import MOST_BYTES, sheets
from handlers.dossier.codes import of_unit
from handlers.dossier.model import Record, Sealer
from knowledge.text.folding import fold
from knowledge.unit import ZONE, Unit

_AGAIN = "Xuất lại từ hệ thống một cửa, chọn Excel (.xlsx) hoặc CSV, rồi nhập tệp mới."
_WHY: dict[Failure, str] = {
    "empty": f"Tệp trống, không có dòng nào. {_AGAIN}",
    "password": "Tệp có mật khẩu. Mở bằng Excel, bỏ mật khẩu (Tệp, Thông tin, Bảo vệ sổ làm việc), lưu rồi nhập lại.",
    "damaged": f"Tệp bị hỏng hoặc tải về chưa hết. {_AGAIN}",
    "not_a_sheet": f"Tệp không phải bảng tính. {_AGAIN}",
    "archive": "Đây là tệp nén. Giải nén rồi nhập tệp bảng tính ở trong.",
    "pdf": f"Đây là tệp PDF, máy không đọc bảng trong đó. {_AGAIN}",
    "picture": f"Đây là ảnh, máy không đọc bảng trong ảnh. {_AGAIN}",
    "word": f"Đây là tệp Word, không phải bảng tính. {_AGAIN}",
    "json": "Đây là dữ liệu JSON, không phải bảng tính. Đặt đuôi tệp là .json rồi nhập lại.",
    "old_excel": "Tệp Excel kiểu rất cũ. Mở bằng Excel, chọn Lưu thành (Save As) .xlsx, rồi nhập tệp mới.",
    "bomb": f"Tệp bung ra quá lớn so với một bản xuất hồ sơ, máy không mở. {_AGAIN}",
    "too_long": f"Tệp có hơn {MOST_ROWS:,} dòng. Xuất theo từng quý hoặc từng tháng rồi nhập lần lượt.".replace(
        ",", "."
    ),
    "too_big": f"Tệp lớn hơn {MOST_BYTES // 1024 // 1024} MB. Xuất theo từng quý hoặc từng tháng rồi nhập lần lượt.",
    "gave_up": f"Máy không mở hết được tệp: tệp quá rộng, quá nặng hoặc bị hỏng. {_AGAIN}",
}
_UNTIL = re.compile(
    r"(?:ngay xuat|xuat luc|xuat ngay|thoi diem xuat|ngay in|in luc|so lieu den|du lieu den|tinh den)(?: ngay| luc| het ngay)*\s*:?\s*"
)


@dataclass(frozen=True, slots=True)
class SheetNoted:
    """A sheet of the file: its name, whether dossiers were read from it, how many, and otherwise why not (Vietnamese)."""

    name: str
    used: bool
    rows: int = 0
    why: str = ""


@dataclass(slots=True)
class SheetReading(Reading):
    """A file read to its end. `column_map` is that of the first sheet read, `maps` all of them where sheets differ."""

    column_map: ColumnMap = field(default_factory=lambda: ColumnMap((), ""))
    maps: tuple[ColumnMap, ...] = ()
    sheets: tuple[SheetNoted, ...] = ()


def read_sheet(
    path: Path, unit: Unit, sealer: Sealer, today: date, column_map: ColumnMap | None = None
) -> SheetReading:
    """The dossiers of a table file (xlsx, xls, ods, HTML, Excel XML, CSV; told by content).

    `today` is the day in Vietnam. `column_map` is what an officer has confirmed: it is used for sheets of the same fingerprint in place of
    the map found. Raises SourceError, in Vietnamese, for a file that cannot be read as a whole or has no column for code or state.
    """
    try:
        fingerprint = _fingerprint(path)
        return _Gathering(unit, sealer, today, column_map).read(sheets(path), fingerprint)
    except Unreadable as error:
        raise SourceError(_WHY[error.why]) from None
    except OSError:
        # The system's own words hold the file's name, which may be a person's.
        raise SourceError("Không mở được tệp. Kiểm tra tệp còn đó và máy được phép đọc, rồi nhập lại.") from None


def _fingerprint(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _Gathering:
    """Records of all sheets of one file, each code once."""

    def __init__(self, unit: Unit, sealer: Sealer, today: date, column_map: ColumnMap | None) -> None:
        self._unit, self._sealer, self._today, self._given = unit, sealer, today, column_map
        self._records: dict[str, Record] = {}
        self._rows: dict[str, int] = {}
        self._maps: dict[str, ColumnMap] = {}
        self._incomplete: ColumnMap | None = None
        self._noted: list[SheetNoted] = []
        self._reading = SheetReading()

    def read(self, found: Iterator[Sheet], fingerprint: str) -> SheetReading:
        """Walk the file. Raises SourceError where no sheet can be used, Unreadable from the file."""
        for place, sheet in enumerate(found, 1):
            self._noted.append(self._sheet(place, sheet))
        if not self._maps:
            raise SourceError(self._nothing())
        reading = self._reading
        reading.records = list(self._records.values())
        reading.fingerprint = fingerprint
        reading.maps = tuple(self._maps.values())
        reading.column_map = reading.maps[0]
        reading.sheets = tuple(self._noted)
        self._foreign()
        reading.doubts.sort(key=lambda doubt: doubt.row)
        return reading

    def _sheet(self, place: int, sheet: Sheet) -> SheetNoted:
        if sheet.hidden:
            return SheetNoted(sheet.name, False, why="Trang tính ẩn.")
        start = list(itertools.islice(sheet.rows, LOOKED_AT + 2))
        if not start:
            return SheetNoted(sheet.name, False, why="Trang tính trống.")
        header, rows = _opened(start, sheet.rows)
        if header is None:
            return SheetNoted(sheet.name, False, why="Không thấy dòng tiêu đề cột.")
        columns = header.map
        if self._given is not None and self._given.fingerprint == columns.fingerprint:
            columns = self._given
        if columns.missing:
            self._incomplete = self._incomplete or columns
            return SheetNoted(sheet.name, False, why=f"Không có cột {_titles(columns.missing)}.")
        self._maps.setdefault(columns.fingerprint, columns)
        self._until(start[: header.above])
        where = f"Trang tính {place}: " if place > 1 else ""
        reader = RowReader(columns, self._unit, self._sealer, self._today, where)
        width = _width(header, start) if sheet.delimited else 0
        before = len(self._records)
        for number, row in rows:
            # In separated text a sign too many moves all that follows into the wrong columns.
            if width and len(row) > width:
                reader.doubts.append(Doubt(number, "Dòng có nhiều cột hơn tiêu đề: dòng bị lệch cột."))
                continue
            code = reader.whole_code(row)
            if not code and (counts_columns(row) or repeats(header, row)):
                continue
            if (record := reader.read(number, row, code)) is not None:
                self._keep(number, record, where)
        self._reading.doubts += reader.doubts
        self._reading.unknown_states.update(reader.unknown_states)
        return SheetNoted(sheet.name, True, len(self._records) - before)

    def _keep(self, number: int, record: Record, where: str) -> None:
        old = self._records.get(record.code)
        wins = old is None or old.updated is None or record.updated is None or record.updated >= old.updated
        if old is not None:
            lost, kept = (self._rows[record.code], number) if wins else (number, self._rows[record.code])
            self._reading.doubts.append(Doubt(lost, f"{where}Mã hồ sơ này có ở hai dòng; máy lấy dòng {kept}."))
        if wins:
            self._records[record.code] = record
            self._rows[record.code] = number

    def _foreign(self) -> None:
        prefixes = self._unit.dossier_prefixes
        strange = [code for code in self._records if not of_unit(code, prefixes)] if prefixes else []
        if strange:
            units = ", ".join(sorted({code.partition("-")[0] for code in strange})[:5])
            why = f"Từ dòng này có {len(strange)} hồ sơ mang mã của nơi khác ({units}). Nếu đó cũng là mã của xã, thêm vào cấu hình."
            self._reading.doubts.append(Doubt(self._rows[strange[0]], why, skipped=False))

    def _until(self, letterhead: Sequence[Numbered]) -> None:
        for _number, cells in letterhead:
            for cell in cells:
                found = _said_until(text(cell, 300), self._today)
                if found is not None and (self._reading.until is None or found > self._reading.until):
                    self._reading.until = found

    def _nothing(self) -> str:
        if self._incomplete is not None:
            columns = self._incomplete
            seen = [column.header for column in (*columns.columns, *columns.dropped)] + list(columns.unread)
            listed = ", ".join(f"“{one}”" for one in seen if one)
            cure = "Xuất lại và chọn thêm cột đó, hoặc báo người cài đặt thêm tên cột vào bảng."
            return f"Tệp không có cột {_titles(columns.missing)}. Các cột trong tệp: {listed}. {cure}"
        if all(noted.why == "Trang tính trống." for noted in self._noted):
            return _WHY["empty"]
        needed = _titles(NEEDED)
        return f"Không thấy dòng tiêu đề cột trong tệp: cần ít nhất cột {needed}. Kiểm tra có đúng bản xuất danh sách hồ sơ không. {_AGAIN}"


def _opened(start: list[Numbered], rest: Iterator[Numbered]) -> tuple[Header | None, Iterator[Numbered]]:
    """The header and the rows below it; a workbook written in an old font (.VnTime) is turned into today's letters."""
    for change in (None, _from_old_font):
        rows = start if change is None else [change(row) for row in start]
        header = find(rows)
        if header is not None:
            return header, itertools.chain(rows[header.above :], rest if change is None else map(change, rest))
    return None, iter(())


def _width(header: Header, start: Sequence[Numbered]) -> int:
    """How many pieces a line may have: as many as the header, or as most lines have (some programs end each with a separator)."""
    lengths = Counter(len(cells) for _number, cells in start[header.above :])
    return max(header.width, lengths.most_common(1)[0][0] if lengths else 0)


def _from_old_font(row: Numbered) -> Numbered:
    number, cells = row
    return number, [from_tcvn3(cell) if isinstance(cell, str) else cell for cell in cells]


def _titles(fields: Sequence[str]) -> str:
    return " và cột ".join(f"“{title(field)}”" for field in fields)


def _said_until(line: str, today: date) -> datetime | None:
    """The moment a letterhead says its figures are from; None where it says none, or only today's date (the hour is not known)."""
    lower = line.lower()
    found = _UNTIL.search(fold(lower))  # folding keeps every letter's place
    if found is None:
        return None
    said = lower[found.end() :].strip(" .)")
    try:
        at = moment(said, time(17, 0))
    except ValueError:
        return None
    if at is None:
        return None
    local = at.astimezone(ZONE)
    named_hour = bool(re.search(r"\d[:hg]|giờ", said))
    return at if local.date() < today or (local.date() == today and named_hour) else None
