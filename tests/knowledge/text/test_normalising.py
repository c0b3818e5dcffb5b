"""One spelling of what was typed (knowledge/text/normalising.py)."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from knowledge.text.folding import fold, marked
from knowledge.text.normalising import LONGEST, folded, normalise, words_of

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=200)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("Đăng Ký  KHAI sinh", "đăng ký khai sinh"),
        ("ho\u0302\u0300 so\u031b", "hồ sơ"),  # NFD, as a phone pastes it
        ("hoà thuỷ khoẻ", "hòa thủy khỏe"),
        ("tòan bộ, qúy vị", "toàn bộ , quý vị"),
        ("\u00d0ăng ký", "đăng ký"),  # the look-alike Đ of old lists
        ("hồ-sơ (bản sao)", "hồ sơ bản sao"),
        ("mã 1.001193 ngày 26/11", "mã 1.001193 ngày 26/11"),
        ("con, trai. gái?", "con , trai . gái"),
        ("lâuuuuuu quá!!!", "lâu quá"),
        ("😀🙏 giúp em ❤️", "giúp em"),
        ("", ""),
        ("...???", ""),
    ],
)
def test_one_text_has_one_spelling(typed: str, read: str) -> None:
    assert normalise(typed) == read


@pytest.mark.parametrize(
    ("word", "plain"),
    [("đường", "duong"), ("Đường", "Duong"), ("\u00d0\u00f0", "Dd"), ("ỹ", "y"), ("web", "web"), ("ho\u0302", "ho")],
)
def test_marks_come_off(word: str, plain: str) -> None:
    assert fold(word) == plain


def test_every_vietnamese_letter_folds_to_ascii() -> None:
    letters = "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ"
    assert len(letters) == 67
    for letter in letters + letters.upper():
        assert fold(letter).isascii() and len(fold(letter)) == 1, letter
        assert fold(unicodedata.normalize("NFD", letter)).replace("đ", "d").isascii()
        assert marked(letter)


def test_words_leave_the_pauses_out() -> None:
    assert words_of("Khai sinh, cần gì? Nộp đâu.") == ["khai", "sinh", "cần", "gì", "nộp", "đâu"]


@given(ANY_TEXT)
@example("İ̇ǅ\u212b")
@example("\ud800 \x00 \u200b")
def test_normalising_never_raises_and_twice_is_once(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert "  " not in once and once == once.strip()
    assert folded(text) == fold(once)


def test_an_endless_text_is_read_to_its_limit() -> None:
    assert len(normalise("a b " * 100_000)) <= LONGEST
