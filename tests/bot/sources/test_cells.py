"""Cells as people and programs fill them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources import cells
from handlers.dossier import codes
from tests.bot.sources.test_dates import CELLS


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("8.000", 8000), ("8,000 đ", 8000), (8000.0, 8000), (8000, 8000), ("8000", 8000), ("8000.00", 8000), ("1.250.000,00 VNĐ", 1250000),
        ("75.000 đồng", 75000), ("75.000vnd", 75000), ("75 000 ₫", 75000), ("miễn", 0), ("Miễn phí", 0), ("không", 0), ("Không thu", 0), (0, 0), ("0", 0), ("0 đ", 0),
        ("", None), ("-", None), ("null", None), (float("nan"), None),
    ],
)  # fmt: skip
def test_money_is_whole_dong(cell: str | float, amount: int | None) -> None:
    assert cells.money(cell) == amount


@pytest.mark.parametrize("cell", [8.0, "8", "-8000", "8.5", "8.000.00.0", "theo quy định", "8.000 hoặc 5.000", 1e15])
def test_what_is_no_amount_is_refused_and_not_guessed(cell: str | float) -> None:
    with pytest.raises(ValueError, match="no amount"):
        cells.money(cell)


@pytest.mark.parametrize(
    "cell",
    [
        "0912345678", "912345678", 912345678.0, 912345678, "+84912345678", "84 912 345 678", "0084912345678", "0912.345.678", "(+84) 912-345-678", "0912 345 678 ",
        "0912345678/0987654321", "+840912345678",
    ],
)  # fmt: skip
def test_a_phone_is_ten_digits_however_it_came(cell: str | float) -> None:
    assert cells.phone(cell) == "0912345678"


@pytest.mark.parametrize(
    "cell", ["", "0", "0000000000", "091234567", "01234567890", "1", "không có", "2026-11-20", True, "0１23"]
)
def test_what_is_no_phone_is_none(cell: str | float) -> None:
    assert cells.phone(cell) == ""


def test_a_landline_keeps_its_eleven_digits() -> None:
    assert cells.phone("02553.822.862") == cells.phone(2553822862.0) == "02553822862"


@pytest.mark.parametrize(
    ("cell", "tail"),
    [
        ("048099123456", "3456"),
        (48099123456.0, "3456"),
        ("0480 9912 3456", "3456"),
        ("212345678", "5678"),
        ("B1234567", ""),
        ("4.8E+10", ""),
        ("", ""),
    ],
)
def test_of_a_number_of_identity_the_last_four_are_taken(cell: str | float, tail: str) -> None:
    assert cells.identity_tail(cell) == tail


@pytest.mark.parametrize(
    ("cell", "applied"),
    [
        ("", "counter"), (1.0, "counter"), ("2", "online"), (3, "post"), ("Trực tuyến", "online"),
        ("Nộp qua mạng", "online"), ("Trực tiếp", "counter"), ("Tại quầy", "counter"),
        ("Bưu chính công ích", "post"), ("Qua bưu điện", "post"), ("khác", ""),
    ],
)  # fmt: skip
def test_a_way_of_filing_is_known_by_word_and_number(cell: str | float, applied: str) -> None:
    assert cells.channel(cell) == applied


@pytest.mark.parametrize(
    ("cell", "applied"),
    [
        ("x", "online"),
        (True, "online"),
        ("Có", "online"),
        ("", "counter"),
        (0, "counter"),
        ("Không", "counter"),
        ("Trực tiếp", "counter"),
    ],
)
def test_a_column_online_is_ticked(cell: str | float, applied: str) -> None:
    assert cells.ticked_online(cell) == applied


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("1.001193", "1.001193"),
        (1.001193, "1.001193"),
        (2.00081, "2.000810"),
        ("1.001193.000.00.00.H48", "1.001193"),
        ("Khai sinh (1.001193)", "1.001193"),
        ("11.001193", ""),
        (8000.0, ""),
    ],
)
def test_a_procedures_code_is_found_even_as_a_figure(cell: str | float, code: str) -> None:
    assert cells.procedure_code(cell) == code


def test_text_is_composed_and_of_one_line_and_holds_nothing_invisible() -> None:
    assert cells.text("  Ma\u0303 ho\u0302\u0300\u200b\u00a0 s\u01a1\r\n\x00\ud800 ") == "Mã hồ sơ"


@given(CELLS)
def test_no_cell_breaks_a_reader(cell: str | float) -> None:
    for reader in (
        cells.text,
        cells.phone,
        cells.identity_tail,
        cells.paid,
        cells.channel,
        cells.ticked_online,
        cells.procedure_code,
    ):
        reader(cell)
    said = cells.text(cell)
    said.encode()
    assert "\0" not in said
    codes.read(said, date(2026, 11, 27))
    try:
        amount = cells.money(cell)
    except ValueError:
        return
    assert amount is None or 0 <= amount < 1_000_000_000_000


@given(
    st.integers(1000, 999_999_999_999), st.sampled_from([",", ".", " "]), st.sampled_from(["", " đ", " VNĐ", " đồng"])
)
def test_grouped_money_is_read_back(amount: int, separator: str, currency: str) -> None:
    assert cells.money(f"{amount:,}".replace(",", separator) + currency) == amount


@given(st.from_regex(r"0[35789][0-9]{8}", fullmatch=True).filter(lambda number: len(set(number)) > 2))
def test_every_mobile_number_survives_a_spreadsheet(number: str) -> None:
    assert cells.phone(float(number)) == cells.phone("+84" + number[1:]) == cells.phone(number) == number
