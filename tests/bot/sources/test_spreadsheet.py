"""Exports as they come are read, or refused in a sentence that an officer can act on; nobody's name gets through."""

from __future__ import annotations

import logging
import os
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.sealing import Seal
from bot.sources.columns import ColumnMap
from bot.sources.reading import Doubt, SourceError
from bot.sources.sheets import process
from bot.sources.spreadsheet import SheetReading, read_sheet
from knowledge.unit import Unit
from tests.bot.sources.dirty_files import (
    ADDRESS,
    CODES,
    GOOD,
    HEAD,
    IDENTITY,
    NAME,
    PHONE,
    PLANTED,
    REFUSED,
    ROWS,
    Row,
    separated,
    workbook,
)

TODAY = date(2026, 11, 27)
SEAL = Seal(b"for tests only, thirty-two bytes at the least")


@pytest.fixture
def read(tmp_path: Path, unit: Unit):
    def read(data: bytes, name: str = "x.xlsx", column_map: ColumnMap | None = None, unit: Unit = unit) -> SheetReading:
        path = tmp_path / name
        path.write_bytes(data)
        return read_sheet(path, unit, SEAL, TODAY, column_map)

    return read


def changed(**cells: str | float) -> list[Row]:
    """A header and one dossier, with some cells other than usual: c9 is the tenth column's."""
    row: list[str | float | datetime] = list(ROWS[0])
    for place, value in cells.items():
        row[int(place.removeprefix("c"))] = value
    return [HEAD, row]


@pytest.mark.parametrize("name", GOOD)
def test_the_same_three_dossiers_are_read_from_every_dirty_file(name: str, read, unit: Unit) -> None:
    reading = read(GOOD[name](), name)
    assert [record.code for record in reading.records] == list(CODES)
    assert [record.state for record in reading.records] == ["processing", "needs_papers", "done"]
    assert {record.procedure_name for record in reading.records} == {"Đăng ký khai sinh"}
    assert {record.received for record in reading.records} == {datetime(2026, 11, 20, 1, 30, tzinfo=UTC)}
    assert {record.due for record in reading.records} == {datetime(2026, 11, 25, 10, 0, tzinfo=UTC)}  # 17:00 in Vietnam
    for record in reading.records:
        assert record.phone == SEAL.mark(unit.id, record.code, "phone", PHONE)
        assert record.phone_tail == SEAL.mark(unit.id, record.code, "phone_tail", PHONE[-4:])
        assert record.identity_tail == SEAL.mark(unit.id, record.code, "identity_tail", IDENTITY[-4:])
    assert reading.doubts == []
    assert not reading.unknown_states
    assert re.fullmatch(r"[0-9a-f]{64}", reading.fingerprint)


def test_there_are_files_of_every_kind_to_read_and_to_refuse() -> None:
    assert len(GOOD) >= 25
    assert len(REFUSED) >= 15
    assert {name.rpartition(".")[2] for name in GOOD} == {"xlsx", "xls", "ods", "csv", "txt"}


REASONS = {
    "one_cell_in_the_far_corner.xlsx": "quá rộng",
    "unpacks_to_a_gigabyte.xlsx": "quá lớn",
    "entities_that_multiply.xls": "quá lớn",
    "with_a_password.xlsx": "bỏ mật khẩu",
    "old_with_a_password.xls": "bỏ mật khẩu",
    "download_cut_in_half.xlsx": "chưa hết",
    "damaged_inside.xlsx": "hỏng",
    "xml_cut_in_half.xls": "chưa hết",
    "damaged_compound.xls": "hỏng",
    "nothing_at_all.csv": "trống",
    "only_blanks.csv": "trống",
    "a_sheet_without_cells.xlsx": "trống",
    "a_quote_that_never_ends.csv": "hỏng",
    "excel_before_97.xls": "Lưu thành",
    "a_letter.xlsx": "Word",
    "an_archive.xlsx": "Giải nén",
    "a_portable_document.xls": "PDF",
    "a_photo.xlsx": "ảnh",
    "data_of_a_program.csv": "JSON",
    "noise.bin": "tiêu đề",
    "without_a_column_for_the_state.xlsx": "không có cột “Trạng thái”. Các cột trong tệp: “Mã hồ sơ”",
    "without_a_column_for_the_code.xlsx": "không có cột “Mã hồ sơ”",
    "without_any_header.xlsx": "Không thấy dòng tiêu đề",
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_cannot_be_read_is_refused_with_its_cure_and_this_process_lives(name: str, read) -> None:
    with pytest.raises(SourceError, match=re.escape(REASONS[name])) as refusal:
        read(REFUSED[name](), name)
    said = str(refusal.value)
    # The reader's own words may quote a cell: they are not handed on.
    assert refusal.value.__cause__ is None
    assert refusal.value.__context__ is None or refusal.value.__suppress_context__
    assert not [planted for planted in (*PLANTED, name) if planted in said]


def test_a_file_of_two_hundred_megabytes_is_refused_unread(tmp_path: Path, unit: Unit) -> None:
    path = tmp_path / "x.csv"
    path.touch()
    os.truncate(path, 200 * 1024 * 1024)
    with pytest.raises(SourceError, match=r"lớn hơn 100 MB\. Xuất theo từng quý"):
        read_sheet(path, unit, SEAL, TODAY)


def test_a_missing_file_is_refused_without_its_name(tmp_path: Path, unit: Unit) -> None:
    with pytest.raises(SourceError) as refusal:
        read_sheet(tmp_path / f"{NAME}.xlsx", unit, SEAL, TODAY)
    assert NAME not in str(refusal.value)


def test_a_reader_that_takes_too_long_is_ended(read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "SECONDS", 1)
    rows = [HEAD, *([*ROWS[0][:1], f"H48.99.01-261120-{place:06d}", *ROWS[0][2:]] for place in range(190_000))]
    with pytest.raises(SourceError, match="không mở hết"):
        read(("<table>" + "".join("<tr><td>" + "<td>".join(map(str, row)) for row in rows)).encode())


def test_a_file_of_too_many_rows_is_refused_with_what_to_do(read) -> None:
    with pytest.raises(SourceError, match=r"hơn 200\.000 dòng\. Xuất theo từng quý"):
        read((separated([HEAD]) + "x,y\r\n" * 200_001).encode())


def test_the_child_sees_no_secret_and_no_name(read, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[object, dict[str, str]]] = []
    opened = process.subprocess.Popen
    monkeypatch.setattr(process.subprocess, "Popen", lambda *a, **k: (seen.append((a, k["env"])), opened(*a, **k))[1])
    monkeypatch.setenv("MOTCUA_SECRET", "planted")
    read(GOOD["as_it_should_be.xlsx"](), "tên người.xlsx")
    assert len(seen) == 1
    assert "planted" not in repr(seen)
    assert "tên người" not in repr(seen)


@pytest.mark.parametrize("name", GOOD)
def test_no_name_number_or_address_leaves_the_reader(
    name: str, read, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    reading = read(GOOD[name](), name)
    out = capfd.readouterr()
    everything = "\n".join((repr(reading), repr(list(reading.records)), caplog.text, out.out, out.err)).lower()
    assert CODES[0].lower() in everything  # the walk walked
    assert not [planted for planted in PLANTED if planted.lower() in everything]


BROKEN: list[tuple[str, dict[str, str | float], str, bool]] = [
    ("no code", {"c1": ""}, "Thiếu mã hồ sơ.", True),
    ("half a code", {"c1": "261120-0007"}, "chưa đủ", True),
    ("another system's number", {"c1": "03706/2026/07906"}, "không đúng dạng", True),
    ("a code of tomorrow's tomorrow", {"c1": "H48.99.01-261129-0001"}, "không đúng dạng", True),
    ("two codes in a cell", {"c1": f"{CODES[0]} {CODES[1]}"}, "nhiều mã", True),
    ("no state", {"c9": ""}, "Thiếu trạng thái.", True),
    ("a phone where the state belongs", {"c9": PHONE}, "lệch cột", True),
    ("a name where the state belongs", {"c9": NAME}, "lệch cột", True),
    ("a name where the procedure belongs", {"c2": NAME.upper()}, "lệch cột", True),
    ("a month above twelve", {"c7": "11/20/2026"}, "Ngày tiếp nhận không đọc được", False),
    ("received next week", {"c7": "05/12/2026"}, "Ngày tiếp nhận ở sau hôm nay", False),
    ("due before it was received", {"c8": "19/11/2026"}, "trước ngày tiếp nhận", False),
    ("a phone without its end", {"c5": "091234"}, "Số điện thoại không đủ số", False),
]


@pytest.mark.parametrize(("cells", "why", "skipped"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_a_broken_row_is_told_by_its_number_and_never_stops_the_rest(
    cells: dict[str, str | float], why: str, skipped: bool, read
) -> None:
    reading = read(workbook([*changed(**cells), *ROWS[1:]]))
    (doubt,) = reading.doubts
    assert (doubt.row, doubt.skipped) == (2, skipped)
    assert why in doubt.why
    assert [record.code for record in reading.records][-2:] == list(CODES[1:])
    assert len(reading.records) == (2 if skipped else 3)
    assert not [planted for planted in PLANTED if planted.lower() in repr(reading).lower()]


def test_rows_are_counted_as_the_sheet_shows_them(read) -> None:
    reading = read(workbook([(), (), ("DANH SÁCH",), (), *changed(c1=""), ()]))
    assert [doubt.row for doubt in reading.doubts] == [6]


def test_a_line_with_one_separator_too_many_is_left_out(read) -> None:
    lines = (
        separated([HEAD, *ROWS])
        .replace("Đăng ký khai sinh", "Đăng ký, khai sinh", 1)
        .replace('"Đăng ký, khai sinh"', "Đăng ký, khai sinh")
    )
    reading = read(lines.encode(), "x.csv")
    assert [record.code for record in reading.records] == list(CODES[1:])
    assert reading.doubts == [Doubt(2, "Dòng có nhiều cột hơn tiêu đề: dòng bị lệch cột.")]
    assert NAME not in repr(reading)


def test_of_a_code_that_stands_twice_the_later_row_counts(read) -> None:
    again = [*ROWS[0][:9], "Đã trả kết quả", ""]
    reading = read(workbook([HEAD, *ROWS, again]))
    assert {record.code: record.state for record in reading.records}[CODES[0]] == "returned"
    assert reading.doubts == [Doubt(2, "Mã hồ sơ này có ở hai dòng; máy lấy dòng 5.")]


def test_of_a_code_that_stands_twice_the_newer_row_counts_where_rows_say_when(read) -> None:
    head = [*HEAD, "Ngày cập nhật"]
    rows = [[*ROWS[0][:9], "Đã trả kết quả", "", "26/11/2026 10:00"], [*ROWS[0], "20/11/2026 10:00"]]
    reading = read(workbook([head, *rows]))
    assert [record.state for record in reading.records] == ["returned"]
    assert [doubt.row for doubt in reading.doubts] == [3]


def test_an_unknown_word_for_a_state_is_kept_counted_and_never_guessed(read) -> None:
    reading = read(workbook([HEAD, *[[*row[:9], "Chờ đo đạc lại", ""] for row in ROWS]]))
    assert {(record.state, record.state_name) for record in reading.records} == {("", "Chờ đo đạc lại")}
    assert reading.unknown_states == {"Chờ đo đạc lại": 3}


def test_a_unit_names_states_of_its_own(read, unit: Unit) -> None:
    own = unit.model_copy(
        update={"dossiers": unit.dossiers.model_copy(update={"state_names": {"Chờ đo đạc lại": "processing"}})}
    )
    reading = read(workbook(changed(c9="CHỜ ĐO ĐẠC LẠI")), unit=own)
    assert [record.state for record in reading.records] == ["processing"]
    assert not reading.unknown_states


def test_codes_of_another_unit_are_pointed_out_once(read) -> None:
    rows = [[row[0], str(row[1]).replace("99.01", "99.02"), *row[2:]] for row in ROWS]
    reading = read(workbook([HEAD, *rows]))
    assert len(reading.records) == 3
    (doubt,) = reading.doubts
    assert (doubt.row, doubt.skipped) == (2, False)
    assert "3 hồ sơ mang mã của nơi khác (H48.99.02)" in doubt.why


CHARGES = [
    ("8.000", "Chưa thanh toán", "Đang xử lý", [(8000, "unpaid")]),
    ("8,000 đ", "Đã thanh toán", "Đang xử lý", [(8000, "paid")]),
    (8000.0, "x", "Đang xử lý", [(8000, "paid")]),
    ("75.000", "75.000", "Đang xử lý", [(75000, "paid")]),
    ("75.000", "Chờ thanh toán", "Chờ thanh toán", [(75000, "waiting")]),
    ("75.000", "", "Chờ thanh toán", [(75000, "unpaid")]),
    ("75.000", "", "Đang xử lý", None),  # nothing says that it is still owed
    ("", "", "Chờ thanh toán", None),
    ("miễn", "", "Đang xử lý", []),
    ("8.000", "Miễn phí", "Đang xử lý", []),
]


@pytest.mark.parametrize(("levy", "paid", "state", "expected"), CHARGES)
def test_a_charge_is_owed_only_where_the_row_says_so(levy, paid, state, expected, read) -> None:
    row = [*ROWS[0][:9], state, "", levy, paid]
    (record,) = read(workbook([[*HEAD, "Lệ phí", "Trạng thái thanh toán"], row])).records
    assert (
        None if record.charges is None else [(charge.amount, charge.state) for charge in record.charges]
    ) == expected


def test_fee_and_levy_are_two_charges(read) -> None:
    (record,) = read(
        workbook([[*HEAD, "Phí", "Lệ phí", "Hạn nộp"], [*ROWS[0][:9], "Chờ nộp phí", "", 20000, 8000, ""]])
    ).records
    assert record.charges is not None
    assert [(charge.number, charge.name, charge.amount) for charge in record.charges] == [
        (1, "Phí", 20000),
        (2, "Lệ phí", 8000),
    ]


def test_the_letterhead_says_when_the_figures_are_from(read) -> None:
    assert read(GOOD["letterhead_of_five_rows_then_two_line_header.xlsx"]()).until == datetime(
        2026, 11, 26, 9, 40, tzinfo=UTC
    )
    assert read(GOOD["as_it_should_be.xlsx"]()).until is None


@pytest.mark.parametrize(
    "line", ["Ngày xuất: 27/11/2026", "Tính đến 30/11/2026", f"Người lập: {NAME}", "Tính đến hôm nay"]
)
def test_a_letterhead_that_names_no_hour_of_today_names_no_moment(line: str, read) -> None:
    assert read(workbook([(line,), HEAD, *ROWS])).until is None


def test_sheets_that_hold_no_dossiers_are_noted(read) -> None:
    reading = read(GOOD["several_sheets_one_of_them_hidden.xlsx"]())
    assert [(sheet.used, sheet.rows, sheet.why) for sheet in reading.sheets] == [
        (False, 0, "Không thấy dòng tiêu đề cột."),
        (True, 2, ""),
        (False, 0, "Trang tính ẩn."),
        (True, 1, ""),
        (False, 0, "Trang tính trống."),
    ]


def test_a_map_that_an_officer_confirmed_is_used_for_files_with_the_same_titles(read) -> None:
    head = ["Mã hồ sơ", "Trạng thái", "Điện thoại", "SĐT"]
    row = [CODES[0], "Đang xử lý", "0987654321", PHONE]
    found = read(workbook([head, row]))
    assert found.column_map.doubts[0] == "Cột “Điện thoại” cũng có thể là “Số điện thoại”; máy lấy cột “SĐT”."
    turned = ColumnMap.from_json(
        found.column_map.to_json().replace('["phone", 3, "SĐT"]', '["phone", 2, "Điện thoại"]')
    )
    (record,) = read(workbook([head, row]), column_map=turned).records
    assert record.phone == SEAL.mark("mau", CODES[0], "phone", "0987654321")
    # Other titles, another map: what was confirmed says nothing of them.
    (record,) = read(workbook([["Tên", *head], [NAME, *row]]), column_map=turned).records
    assert record.phone == SEAL.mark("mau", CODES[0], "phone", PHONE)


def test_remarks_lose_the_filers_own_name_and_numbers_and_keep_the_rest(read) -> None:
    (record, *_others) = read(GOOD["remarks_with_the_filers_name_and_number.xlsx"]()).records
    assert record.note == "Bổ sung giấy chứng sinh, gọi (…) số (…) hoặc (…), CCCD (…), ở (…)"
    assert ADDRESS not in record.note
