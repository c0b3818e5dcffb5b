"""What officers type, and the one sentence they get where it cannot be."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge.override import FIELDS
from knowledge.override_input import NAMES, OverrideError, days_of, same_person, value_of

TODAY = date(2026, 11, 20)
LAW = "12/2026/NQ-HĐND"


@pytest.mark.parametrize(
    ("field", "typed", "text", "told"),
    [
        ("fee", "8000", "", ("8.000 đ", 8000)),
        ("fee", "8.000", "", ("8.000 đ", 8000)),
        ("fee", " 1.250.000 ", "", ("1.250.000 đ", 1_250_000)),
        ("fee", "8000", "8.000 đ mỗi bản", ("8.000 đ mỗi bản", 8000)),
        ("fee", "0", "", ("không phải nộp tiền", 0)),
        ("hidden", "Có", "", ("có", None)),
        ("hidden", "khong", "", ("không", None)),
        ("verified_on", "20/11/2026", "", ("2026-11-20", None)),
        ("verified_on", "2026-11-20", "", ("2026-11-20", None)),
        ("phone", "0200 111 222", "", ("0200 111 222", None)),
        ("note", "Mang  theo\nbút.\0", "", ("Mang theo bút.", None)),
        ("alias", "gia\u0302\u0301y be\u0301", "", ("giấy bé", None)),  # letters and marks apart
    ],
)
def test_what_is_typed_is_understood(field: str, typed: str, text: str, told: tuple[str, int | None]) -> None:
    assert value_of(field, typed, text, LAW if field == "fee" else "", TODAY) == told


@pytest.mark.parametrize(
    ("field", "typed", "text", "source", "says"),
    [
        ("phi", "8000", "", LAW, "Không có mục phi"),
        ("fee", "8,5", "", LAW, "số nguyên đồng"),
        ("fee", "8.5", "", LAW, "số nguyên đồng"),
        ("fee", "-8000", "", LAW, "số nguyên đồng"),
        ("fee", "8k", "", LAW, "số nguyên đồng"),
        ("fee", "tám nghìn", "", LAW, "số nguyên đồng"),
        ("fee", "²", "", LAW, "số nguyên đồng"),
        ("fee", "80000000000", "", LAW, "thừa số 0"),
        ("fee", "8000", "", "", "cần căn cứ"),
        ("fee", "8000", "9.000 đ mỗi bản", LAW, "đúng số tiền 8.000 đ"),
        ("fee", "8000", "18.000 đ mỗi bản", LAW, "đúng số tiền 8.000 đ"),
        ("note", "", "", "", "Chưa ghi giá trị"),
        ("note", " \u200b", "", "", "Chưa ghi giá trị"),
        ("note", "x" * 201, "", "", "dài 201 chữ"),
        ("note", "Nộp ở UBND huyện.", "", "", "Cấp huyện không còn"),
        ("note", "x", "y", "", "mới dùng --text"),
        ("alias", "một hai ba bốn năm sáu bảy tám", "", "", "1 đến 7 từ"),
        ("hidden", "maybe", "", "", "chỉ nhận có"),
        ("verified_on", "21/11/2026", "", "", "chưa tới"),
        ("verified_on", "31/02/2026", "", "", "không phải là ngày"),
        ("phone", "gọi Lan", "", "", "chỉ gồm chữ số"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(field: str, typed: str, text: str, source: str, says: str) -> None:
    with pytest.raises(OverrideError, match=says) as caught:
        value_of(field, typed, text, source, TODAY)
    assert "\n" not in str(caught.value)


def test_days_come_in_their_order() -> None:
    assert days_of("20/11/2026", "") == (TODAY, None)
    with pytest.raises(OverrideError, match="Ngày hết hạn 19/11/2026 trước ngày bắt đầu 20/11/2026"):
        days_of("20/11/2026", "19/11/2026")


def test_case_and_spaces_make_no_second_person() -> None:
    assert same_person("Nguyễn Thị Lan", " nguyễn  thị LAN ")
    assert not same_person("Lan", "Hùng")


def test_every_field_has_its_name() -> None:
    assert set(NAMES) == set(FIELDS)
