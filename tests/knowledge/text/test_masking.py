"""Personal numbers are hidden before anything is stored (knowledge/text/masking.py, docs/security.md)."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.text.masking import mask


@pytest.mark.parametrize(
    ("typed", "kinds"),
    [
        ("cccd 051203001234", ("identity",)),
        ("051 203 001 234", ("identity",)),
        ("051.203.001-234", ("identity",)),
        ("cmnd cũ 123456789", ("old_identity",)),
        ("gọi 0905123456 nhé", ("phone",)),
        ("+84 905 123 456", ("phone",)),
        ("0905.123.456", ("phone",)),
        ("mã otp 482913", ("one_time_code",)),
        ("mã xác thực của em là 4829", ("one_time_code",)),
        ("thẻ 9704123456789012", ("identity",)),
    ],
)
def test_a_personal_number_is_hidden(typed: str, kinds: tuple[str, ...]) -> None:
    found = mask(typed)
    assert found.kinds == kinds
    assert not re.search(r"\d{4}", found.text)


@pytest.mark.parametrize(
    "typed",
    [
        "H48.99.01-261120-0007",  # a dossier code
        "thủ tục 1.001193",
        "ngày 26/11/2026",
        "500.000.000 đ",
        "quyết định 1077/QĐ-BXD",
        "75 tuổi",
        "",
    ],
)
def test_what_is_no_personal_number_stays(typed: str) -> None:
    assert mask(typed).text == typed


@given(st.text("0123456789 .-abcđ", max_size=60))
def test_no_run_of_twelve_digits_is_left_and_twice_is_once(text: str) -> None:
    found = mask(text)
    assert not re.search(r"(?<![\w.\-–])0\d{11}(?![\d])(?![.\-–]\d)", found.text)
    assert mask(found.text).text == found.text


@given(st.from_regex(r"0\d{11}", fullmatch=True), st.sampled_from(["cccd {} ạ", "{}", "so {}.", "em tên An, {}, ở xã"]))
def test_an_identity_number_never_gets_through(number: str, around: str) -> None:
    assert number not in mask(around.format(number)).text
    assert "identity" in mask(around.format(number)).kinds
