"""Where one sentence holds two needs, and where it only tells a story (knowledge/search/needs.py)."""

from __future__ import annotations

import pytest

from knowledge.search.needs import MOST, halves
from knowledge.snapshot import Knowledge
from knowledge.text.lexicon import Lexicon
from knowledge.text.reading import read

NOTHING_KNOWN = Lexicon((), ())


@pytest.mark.parametrize(
    ("typed", "first", "second"),
    [
        ("em cần làm khai sinh cho con với cả cắt khẩu cho ông nội mới mất", "1.001193", "1.003197"),
        ("đứng ra giám hộ cho cháu rồi chứng giấy từ chối thừa kế của tôi", "1.004837", "2.001016"),
        ("thông báo lưu trú cần gì, xóa đăng ký tạm trú gồm bước nào", "2.001159", "1.010028"),
    ],
)
def test_two_things_that_are_wanted_are_two_needs(typed: str, first: str, second: str, knowledge: Knowledge) -> None:
    found = knowledge.finder.find(typed)
    assert found.second is not None, found.trace
    assert (found.candidates[0].code, found.second.candidates[0].code) == (first, second)


@pytest.mark.parametrize(
    "typed",
    [
        "Xà lan bán dầu trên sông, môi trường bắt có phương án tràn dầu được xã ký",
        "con thương binh, đang học đại học tư ngoài Đà Nẵng, muốn lấy lại tiền trường đã đóng",
        "mẹ đi biệt xứ cha thì đi tù, mệ ngoại nuôi cháu, trường học bắt phải có giấy giám hộ",
        "cha đi bộ đội 4 năm thời chống Mỹ nay đã mất, con lãnh một lần theo 142 thì giấy tờ gì",
    ],
)
def test_a_story_and_what_is_wanted_are_one_need(typed: str, knowledge: Knowledge) -> None:
    assert knowledge.finder.find(typed).second is None


def test_only_the_clearest_places_are_tried() -> None:
    reading = read("làm khai sinh bé, xin trích lục, đổi căn cước mới, sao y học bạ, nhập hộ khẩu", NOTHING_KNOWN)
    tried = list(halves(reading))
    assert len(tried) == MOST
    assert all(len(left.own) >= 2 and len(right.own) >= 2 for left, right, _ in tried)
