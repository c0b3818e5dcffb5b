"""Exports as they really come, made here: each a function whose name is its story. All people, numbers and dossiers are invented."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Callable, Sequence
from datetime import datetime

import xlsxwriter

from bot.sources.sheets.encodings import TCVN3
from tests.bot.sources.old_formats import biff8, compound, open_document, packed

Row = Sequence[str | float | datetime]
Make = Callable[[], bytes]

NAME, PHONE, IDENTITY, ADDRESS = "Nguyễn Thị Ẩn Danh", "0912345678", "048099123456", "Thôn Suối Đá, tổ 7"
PLANTED = (NAME, "Ẩn Danh", PHONE, PHONE[1:], "912 345 678", "0912.345.678", IDENTITY, IDENTITY[1:], "Suối Đá")
CODES = tuple(f"H48.99.01-261120-000{place}" for place in (7, 8, 9))
HEAD = (
    "STT", "Mã hồ sơ", "Tên thủ tục", "Chủ hồ sơ", "Địa chỉ", "Số điện thoại", "Số CCCD", "Ngày tiếp nhận", "Ngày hẹn trả", "Trạng thái", "Ghi chú",
)  # fmt: skip
STATES = ("Đang xử lý", "Chờ bổ sung hồ sơ", "Đã xử lý xong")
ROWS: tuple[Row, ...] = tuple(
    (str(place), code, "Đăng ký khai sinh", NAME, ADDRESS, PHONE, IDENTITY, "20/11/2026 08:30", "25/11/2026", state, "")
    for place, (code, state) in enumerate(zip(CODES, STATES, strict=True), 1)
)
LETTERHEAD: tuple[Row, ...] = (
    ("ỦY BAN NHÂN DÂN XÃ MẪU", "", "", "", "", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
    ("TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG", "", "", "", "", "Độc lập - Tự do - Hạnh phúc"),
    (),
    ("", "", "DANH SÁCH HỒ SƠ", ""),
    ("", "", "Từ ngày 01/11/2026 đến ngày 27/11/2026. Số liệu đến 16:40 26/11/2026"),
)

GOOD: dict[str, Make] = {}
REFUSED: dict[str, Make] = {}


def _good(ending: str) -> Callable[[Make], Make]:
    return _in(GOOD, ending)


def _refused(ending: str) -> Callable[[Make], Make]:
    return _in(REFUSED, ending)


def _in(folder: dict[str, Make], ending: str) -> Callable[[Make], Make]:
    def keep(make: Make) -> Make:
        folder[f"{make.__name__}.{ending}"] = make
        return make

    return keep


def workbook(
    *sheets: Sequence[Row], hidden: Sequence[int] = (), merged: Sequence[tuple[int, int, int, int]] = ()
) -> bytes:
    """An xlsx of these sheets; `merged` are (first row, first column, last row, last column) from 0, of the first sheet."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    day = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
    for place, rows in enumerate(sheets):
        sheet = book.add_worksheet(f"Tờ {place + 1}")
        if place in hidden:
            sheet.hide()
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, datetime):
                    sheet.write_datetime(number, column, value, day)
                elif isinstance(value, str):
                    sheet.write_string(number, column, value) if value else None
                else:
                    sheet.write_number(number, column, value)
        for top, left, bottom, right in merged if place == 0 else ():
            sheet.merge_range(top, left, bottom, right, sheets[0][top][left])
    book.close()
    return out.getvalue()


def separated(rows: Sequence[Row], separator: str = ",") -> str:
    """The rows as separated text with Windows line ends."""
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows(rows)
    return out.getvalue()


def html(rows: Sequence[Row], head: str = "") -> str:
    """The rows as a page with one table."""
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>\r\n" for row in rows)
    return f"<html><head>{head}<style>td {{ mso-number-format:'\\@' }}</style></head><body><table border=1>{body}</table></body></html>"


def xml(*sheets: str) -> str:
    """The XML of Excel 2003 around the rows of sheets."""
    inside = "".join(
        f'<Worksheet ss:Name="Tờ {place}"><Table>{rows}</Table></Worksheet>' for place, rows in enumerate(sheets, 1)
    )
    spaces = (
        'xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"'
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<?mso-application progid="Excel.Sheet"?>\n<Workbook {spaces}>{inside}</Workbook>'


def _xml_rows(rows: Sequence[Row]) -> str:
    cell = '<Cell><Data ss:Type="String">{}</Data></Cell>'
    return "".join("<Row>" + "".join(cell.format(value) for value in row) + "</Row>" for row in rows)


def tcvn3(text: str) -> bytes:
    """Text in the bytes of the ".VnTime" fonts; a capital with a tone is its small letter, as the fonts have it."""
    byte = {letter: number for number, letter in TCVN3.items()}
    return bytes(
        byte.get(sign, byte.get(sign.lower(), ord(sign) if ord(sign) < 128 else 63))
        for sign in unicodedata.normalize("NFC", text)
    )


def windows_1258(text: str) -> bytes:
    """Text in Windows-1258: the letter with its hat or horn, then the tone as a sign of its own."""
    out = b""
    for sign in unicodedata.normalize("NFC", text):
        try:
            out += sign.encode("cp1258")
        except UnicodeEncodeError:
            letter, *tones = unicodedata.normalize("NFD", sign)
            shape = [tone for tone in tones if tone in "\u0302\u0306\u031b"]
            tone = [tone for tone in tones if tone not in shape]
            out += (unicodedata.normalize("NFC", letter + "".join(shape)) + "".join(tone)).encode("cp1258")
    return out


@_good("xlsx")
def as_it_should_be() -> bytes:
    return workbook([HEAD, *ROWS])


@_good("xlsx")
def letterhead_of_five_rows_then_two_line_header() -> bytes:
    upper = ("STT", "Mã hồ sơ", "Tên thủ tục", "Chủ hồ sơ", "", "", "", "Ngày", "", "Trạng thái", "Ghi chú")
    lower = ("", "", "", "Họ tên", "Địa chỉ", "Số điện thoại", "Số CCCD", "tiếp nhận", "hẹn trả", "", "")
    return workbook([*LETTERHEAD, upper, lower, *ROWS])


@_good("xlsx")
def two_line_header_with_merged_cells() -> bytes:
    upper = ("STT", "Mã hồ sơ", "Tên thủ tục", "Chủ hồ sơ", "", "", "", "Ngày", "", "Trạng thái", "Ghi chú")
    lower = ("", "", "", "Họ tên", "Địa chỉ", "Số điện thoại", "Số CCCD", "tiếp nhận", "hẹn trả", "", "")
    down = [(0, column, 1, column) for column in (0, 1, 2, 9, 10)]
    return workbook([upper, lower, *ROWS], merged=[*down, (0, 3, 0, 6), (0, 7, 0, 8)])


@_good("xlsx")
def counting_row_below_the_header() -> bytes:
    return workbook([HEAD, [f"({place})" for place in range(1, len(HEAD) + 1)], *ROWS])


@_good("xlsx")
def totals_and_signatures_at_the_end() -> bytes:
    end = [
        ("Tổng cộng", "", "3 hồ sơ"),
        ("", "Tổng số: 3"),
        (),
        ("", "", "", "", "", "", "", "Xã Mẫu, ngày 27 tháng 11 năm 2026"),
        ("NGƯỜI LẬP BIỂU", "", "", "", "", NAME),
    ]
    return workbook([HEAD, *ROWS, *end, ("", NAME)])


@_good("xlsx")
def groups_by_domain_between_the_rows() -> bytes:
    return workbook([HEAD, ("I. Lĩnh vực Hộ tịch",), *ROWS[:2], ("", "II. Lĩnh vực Đất đai"), *ROWS[2:]])


@_good("xls")
def header_repeated_on_every_printed_page() -> bytes:
    return html([*LETTERHEAD, HEAD, ROWS[0], HEAD, ROWS[1], HEAD, ROWS[2]]).encode()


@_good("xlsx")
def three_empty_rows_and_two_empty_columns_first() -> bytes:
    return workbook([(), (), (), ("", "", *HEAD), *(("", "", *row) for row in ROWS)])


@_good("xls")
def really_html() -> bytes:
    return html([HEAD, *ROWS], '<meta http-equiv="Content-Type" content="text/html; charset=utf-8">').encode(
        "utf-8-sig"
    )


@_good("xls")
def html_without_closing_tags_and_with_entities() -> bytes:
    rows = "".join("<TR>" + "".join(f"<TD>{cell}&nbsp;<br>" for cell in row) for row in (HEAD, *ROWS))
    return f"<TABLE>{rows.replace('Đ', '&#272;')}".encode()


@_good("xls")
def html_with_the_letterhead_in_a_table_around() -> bytes:
    inner = html([HEAD, *ROWS]).partition("<table")[2].rpartition("</body>")[0]
    return f"<html><body><table><tr><td>ỦY BAN NHÂN DÂN XÃ MẪU</td></tr><tr><td><table{inner}</td></tr></table></body></html>".encode()


@_good("xls")
def html_with_rows_that_reach_down() -> bytes:
    cells = [list(row) for row in ROWS]
    first = "".join(
        f"<td rowspan=3>{cell}</td>" if place == 2 else f"<td>{cell}</td>" for place, cell in enumerate(cells[0])
    )
    others = "".join(
        "<tr>" + "".join(f"<td>{cell}</td>" for place, cell in enumerate(row) if place != 2) + "</tr>"
        for row in cells[1:]
    )
    head = "".join(f"<th>{cell}</th>" for cell in HEAD)
    return f"<html><table><tr><td colspan=11>DANH SÁCH</td></tr><tr>{head}</tr><tr>{first}</tr>{others}</table></html>".encode()


@_good("xls")
def html_in_windows_1258() -> bytes:
    return windows_1258(html([HEAD, *ROWS], '<meta charset="windows-1258">'))


@_good("xls")
def xml_of_excel_2003() -> bytes:
    return xml(_xml_rows([HEAD, *ROWS])).encode()


@_good("xls")
def xml_with_places_left_out_and_merged_downwards() -> bytes:
    def cell(value: str, more: str = "") -> str:
        return f'<Cell{more}><Data ss:Type="String">{value}</Data></Cell>'

    head = '<Row ss:Index="4">' + "".join(map(cell, HEAD)) + "</Row>"
    body = ""
    for place, row in enumerate(ROWS):
        cells = [cell(str(value)) for value in row]
        cells[2] = cell(str(row[2]), ' ss:MergeDown="2"') if place == 0 else ""
        cells[3] = cell(str(row[3]), ' ss:Index="4"')
        cells[7] = '<Cell><Data ss:Type="DateTime">2026-11-20T08:30:00.000</Data></Cell>'
        body += "<Row>" + "".join(cells) + "</Row>"
    return xml(head + body).encode()


@_good("xls")
def excel_97() -> bytes:
    return biff8([HEAD, *[[float(value) if place == 5 else value for place, value in enumerate(row)] for row in ROWS]])  # type: ignore[arg-type]


@_good("ods")
def libreoffice_with_empty_rows_first() -> bytes:
    return open_document([HEAD, *ROWS], empty_rows_first=3)  # type: ignore[arg-type]


@_good("csv")
def utf8_with_its_mark() -> bytes:
    return separated([HEAD, *ROWS]).encode("utf-8-sig")


@_good("csv")
def decomposed_letters() -> bytes:
    return unicodedata.normalize("NFD", separated([HEAD, *ROWS])).encode()


@_good("csv")
def semicolons_and_a_sep_line() -> bytes:
    return ("sep=;\r\n" + separated([HEAD, *ROWS], ";")).encode()


@_good("txt")
def tabs_in_utf16() -> bytes:
    return separated([HEAD, *ROWS], "\t").encode("utf-16")


@_good("csv")
def utf16_without_its_mark() -> bytes:
    return separated([HEAD, *ROWS], "\t").encode("utf-16-le")


@_good("csv")
def windows_1258_with_combining_marks() -> bytes:
    return windows_1258(separated([HEAD, *ROWS]))


@_good("csv")
def tcvn3_of_an_old_font() -> bytes:
    return tcvn3(separated([HEAD, *ROWS]))


@_good("xlsx")
def old_font_in_a_workbook() -> bytes:
    return workbook([[tcvn3(str(cell)).decode("latin-1") for cell in row] for row in (*LETTERHEAD, HEAD, *ROWS)])


@_good("csv")
def names_of_a_database() -> bytes:
    head = (
        "STT", "MaHoSo", "TenTTHC", "ChuHoSo", "DiaChiChuHoSo", "SoDienThoaiChuHoSo", "SoCCCD", "NgayTiepNhan", "NgayHenTra", "TrangThaiHoSo", "GhiChu",
    )  # fmt: skip
    return separated([head, *ROWS]).encode()


@_good("csv")
def states_by_their_numbers() -> bytes:
    return separated([HEAD, *[[*row[:9], number, row[10]] for row, number in zip(ROWS, "459", strict=True)]]).encode()


@_good("csv")
def a_separator_at_the_end_of_each_line() -> bytes:
    return separated([HEAD, *[[*row, ""] for row in ROWS]]).encode()


@_good("csv")
def old_macintosh_line_ends() -> bytes:
    return separated([HEAD, *ROWS]).replace("\r\n", "\r").encode()


@_good("csv")
def cells_with_line_breaks() -> bytes:
    return separated(
        [[f"{cell}\n" if place == 2 else cell for place, cell in enumerate(row)] for row in (HEAD, *ROWS)]
    ).encode()


@_good("csv")
def one_broken_byte() -> bytes:
    data = separated([HEAD, *ROWS]).encode()
    at = data.index("Ẩn".encode())
    return data[:at] + data[at + 1 :]


@_good("xlsx")
def real_dates_and_figures() -> bytes:
    received, due = datetime(2026, 11, 20, 8, 30), datetime(2026, 11, 25)  # noqa: DTZ001 - a cell has no zone
    return workbook([HEAD, *[[*row[:5], 912345678.0, row[6], received, due, *row[9:]] for row in ROWS]])


@_good("xlsx")
def serials_as_text() -> bytes:
    return workbook([HEAD, *[[*row[:7], "46346.354166666664", "46351", *row[9:]] for row in ROWS]])


@_good("xlsx")
def several_sheets_one_of_them_hidden() -> bytes:
    notes = [("Hướng dẫn",), ("Chọn trạng thái rồi xuất",)]
    old = [HEAD, [*ROWS[0][:1], "H48.99.01-261101-0001", *ROWS[0][2:]]]
    return workbook(notes, [HEAD, *ROWS[:2]], old, [HEAD, *ROWS[2:]], [], hidden=[2])


@_good("xlsx")
def remarks_with_the_filers_name_and_number() -> bytes:
    said = f"Bổ sung giấy chứng sinh, gọi {NAME.upper()} số 0912.345.678 hoặc {PHONE}, CCCD {IDENTITY}, ở {ADDRESS}"
    return workbook([HEAD, *[[*row[:10], said] for row in ROWS]])


@_refused("xlsx")
def one_cell_in_the_far_corner() -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write_string(0, 0, "Mã hồ sơ")
    sheet.write_string(1_048_575, 16_383, "x")
    book.close()
    return out.getvalue()


@_refused("xlsx")
def unpacks_to_a_gigabyte() -> bytes:
    return packed({"xl/workbook.xml": b"<x/>", "xl/worksheets/sheet1.xml": b" " * 600_000_000})


@_refused("xls")
def entities_that_multiply() -> bytes:
    bombs = "".join(f'<!ENTITY a{place} "{f"&a{place - 1};" * 10}">' for place in range(1, 10))
    return xml(_xml_rows([["&a9;"]])).replace("<?mso", f'<!DOCTYPE x [<!ENTITY a0 "lol">{bombs}]>\n<?mso').encode()


@_refused("xlsx")
def with_a_password() -> bytes:
    return compound({"EncryptionInfo": b"\4\0\4\0", "EncryptedPackage": bytes(5000)})


@_refused("xls")
def old_with_a_password() -> bytes:
    return biff8([HEAD, *ROWS], password=True)  # type: ignore[arg-type]


@_refused("xlsx")
def download_cut_in_half() -> bytes:
    data = as_it_should_be()
    return data[: len(data) // 2]


@_refused("xlsx")
def damaged_inside() -> bytes:
    return packed({"[Content_Types].xml": "<x", "xl/workbook.xml": "<workbook><sheets>"})


@_refused("xls")
def xml_cut_in_half() -> bytes:
    data = xml_of_excel_2003()
    return data[: len(data) * 2 // 3]


@_refused("xls")
def damaged_compound() -> bytes:
    data = bytearray(excel_97())
    data[600:1400] = b"\x5a" * 800
    return bytes(data)


@_refused("csv")
def nothing_at_all() -> bytes:
    return b""


@_refused("csv")
def only_blanks() -> bytes:
    return b"\xef\xbb\xbf \r\n\r\n\t\r\n"


@_refused("xlsx")
def a_sheet_without_cells() -> bytes:
    return workbook([])


@_refused("csv")
def a_quote_that_never_ends() -> bytes:
    return (separated([HEAD, *ROWS]) + '"' + "x" * 200_000).encode()


@_refused("xls")
def excel_before_97() -> bytes:
    return b"\x09\x08\x08\x00\x00\x05\x10\x00" + bytes(600)


@_refused("xlsx")
def a_letter() -> bytes:
    return packed({"word/document.xml": "<w/>", "[Content_Types].xml": "<x/>"})


@_refused("xlsx")
def an_archive() -> bytes:
    return packed({"ho so.xlsx": as_it_should_be()})


@_refused("xls")
def a_portable_document() -> bytes:
    return b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


@_refused("xlsx")
def a_photo() -> bytes:
    return b"\xff\xd8\xff\xe0" + bytes(2000)


@_refused("csv")
def data_of_a_program() -> bytes:
    return b'{"content": []}'


@_refused("bin")
def noise() -> bytes:
    return bytes(range(256)) * 20


@_refused("xlsx")
def without_a_column_for_the_state() -> bytes:
    return workbook([[*HEAD[:9], "Ghi chú"], *[[*row[:9], ""] for row in ROWS]])


@_refused("xlsx")
def without_a_column_for_the_code() -> bytes:
    return workbook([[HEAD[0], *HEAD[2:]], *[[row[0], *row[2:]] for row in ROWS]])


@_refused("xlsx")
def without_any_header() -> bytes:
    return workbook(list(ROWS))
