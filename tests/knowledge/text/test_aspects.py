"""Which part of a procedure is asked about (knowledge/text/aspects.py)."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.text.aspects import asked, is_filler, main_aspect, without
from knowledge.text.normalising import normalise


@pytest.mark.parametrize(
    ("typed", "aspect"),
    [
        ("làm khai sinh cần giấy gì", "documents"),
        ("lam khai sinh can giay gi", "documents"),
        ("hồ sơ gồm những gì", "documents"),
        ("mang theo gì lên xã", "documents"),
        ("chứng thực hết bao nhiêu tiền", "fee"),
        ("lệ phí kết hôn", "fee"),
        ("có mất phí không", "fee"),
        ("mấy ngày có sổ", "time"),
        ("bao lâu thì lấy được", "time"),
        ("khi nào xong", "time"),
        ("tách thửa nộp ở đâu", "place"),
        ("xin ở xã hay ở tỉnh", "place"),
        ("nộp qua mạng được không", "online"),
        ("làm trên VNeID được không", "online"),
        ("mẫu đơn xin trợ cấp lấy ở đâu", "form"),
        ("có mẫu 03 không", "form"),
        ("75 tuổi có được trợ cấp không", "conditions"),
        ("mấy tuổi thì được", "conditions"),
        ("các bước làm thế nào", "steps"),
        ("căn cứ nghị định nào", "legal"),
        ("được hưởng bao nhiêu một tháng", "result"),
        ("giấy đó là gì", "overview"),
        ("con tôi mới sinh", None),
        ("", None),
    ],
)
def test_people_ask_for_a_part_in_their_own_words(typed: str, aspect: str | None) -> None:
    assert main_aspect(asked(normalise(typed).split())) == aspect


def test_a_typed_mark_that_differs_is_another_word() -> None:
    assert main_aspect(asked(["ông", "già", "bao", "nhiêu"])) is None  # not "giá bao nhiêu"
    assert main_aspect(asked(["gia", "bao", "nhieu"])) == "fee"


def test_asking_phrases_are_set_aside() -> None:
    words = normalise("làm khai sinh hết bao nhiêu tiền").split()
    assert without(words, asked(words)) == ["làm", "khai", "sinh"]


@pytest.mark.parametrize(
    ("word", "filler"),
    [
        ("ạ", True),
        ("giúp", True),
        ("giup", True),
        ("từ", True),
        ("tu", False),
        ("tử", False),
        ("đang", True),
        ("dang", False),
    ],
)
def test_a_word_without_marks_is_no_filler_where_it_may_be_another(word: str, filler: bool) -> None:
    assert is_filler(word) is filler


@given(
    st.lists(
        st.sampled_from(
            ["bao", "nhiêu", "tiền", "mấy", "ngày", "ở", "đâu", "cần", "giấy", "gì", "khai", "sinh", "không"]
        ),
        max_size=30,
    )
)
def test_phrases_never_overlap(words: list[str]) -> None:
    spans = [one for one in asked(words) if one.end]
    assert all(a.end <= b.start for a, b in itertools.pairwise(spans))
    assert len(without(words, spans)) == len(words) - sum(one.end - one.start for one in spans)
