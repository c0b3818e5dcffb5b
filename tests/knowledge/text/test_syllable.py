"""What a Vietnamese syllable is (knowledge/text/syllable.py)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.text.syllable import TONES, canonical, is_folded_syllable, is_syllable, put_tone, split_tone


@pytest.mark.parametrize(
    "word",
    [
        "đường",
        "khai",
        "sinh",
        "nghiêng",
        "quyền",
        "giấy",
        "gì",
        "giếng",
        "thuở",
        "khuya",
        "nguyệt",
        "quốc",
        "xoong",
        "yêu",
        "ương",
        "ý",
        "tử",
        "hộ",
        "khẩu",
        "trú",
    ],
)
def test_these_are_syllables(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize("word", ["web", "form", "ddang", "khia\u0301s", "bhyt", "tôc\u0309", "xyz", "nghen\u0300c"])
def test_these_are_none(word: str) -> None:
    assert not is_syllable(word)


@pytest.mark.parametrize(("word", "known"), [("duong", True), ("tru", True), ("ddang", False), ("wifi", False)])
def test_a_word_without_marks_may_be_a_syllable(word: str, known: bool) -> None:
    assert is_folded_syllable(word) is known


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("hoà", "hòa"), ("hòa", "hòa"), ("thuỷ", "thủy"), ("quý", "quý"), ("tòan", "toàn"), ("qủa", "quả")],
)
def test_a_tone_has_one_place(typed: str, kept: str) -> None:
    assert canonical(typed) == kept


@given(
    st.sampled_from(["hoa", "thuy", "toan", "nghiêng", "quy", "giêng", "đương", "khuya", "an", "yêu"]),
    st.sampled_from(TONES),
)
def test_a_tone_put_on_comes_off_again(word: str, tone: str) -> None:
    assert split_tone(put_tone(word, tone)) == (word, tone)
