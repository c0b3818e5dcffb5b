"""Ideas behind words (knowledge/text/concepts.py)."""

import pytest

from knowledge.text.concepts import ideas
from knowledge.text.folding import fold
from knowledge.text.normalising import normalise


def said(typed: str) -> set[str]:
    words = normalise(typed).split()
    return set(ideas(words, [fold(word) for word in words]))


@pytest.mark.parametrize(
    ("typed", "idea"),
    [
        ("dẹp tiệm", "stop"),
        ("nghỉ bán luôn", "stop"),
        ("không nuôi heo nữa", "stop"),
        ("má tui mất rồi", "dead"),
        ("bìa đỏ bị rách", "again"),
        ("gia han giay phep", "extend"),
        ("lấy chồng Đài Loan", "foreign"),
        ("82 tuổi", "age80"),
        ("cháu 5 tuổi", "age0"),
        ("ghe máy", "boat"),
    ],
)
def test_different_words_say_one_idea(typed: str, idea: str) -> None:
    assert idea in said(typed)


@pytest.mark.parametrize(("typed", "idea"), [("mặt tiền", "dead"), ("cá kho", "grand"), ("đã có phép", "dead")])
def test_another_mark_is_another_word(typed: str, idea: str) -> None:
    assert idea not in said(typed)


def test_a_lone_word_without_marks_says_it_less_plainly() -> None:
    words = ["chet"]
    assert ideas(words, words)["dead"] == 0.5
    assert ideas(["chết"], ["chet"])["dead"] == 1.0
