"""What a message means after what was talked about (knowledge/search/following.py): tables of talks, each line the thread, the message, what is meant."""

from __future__ import annotations

import pytest

from knowledge.search.finder import Finder
from knowledge.search.finding import MOST_HEARD, Finding, Thread, heard
from knowledge.snapshot import Knowledge


@pytest.fixture(scope="module")
def finder(knowledge: Knowledge) -> Finder:
    return knowledge.finder


def after(finder: Finder, *messages: str) -> Finding:
    """The finding of the last message; each before it was answered or asked back as found."""
    thread, found = Thread(), Finding("refuse")
    for message in messages:
        found = finder.find(message, thread)
        codes = tuple(c.code for c in found.candidates)
        code = codes[0] if found.behaviour in ("answer", "aspect") else ""
        question = thread.question if found.behaviour == "aspect" else found.heard or message
        thread = Thread(code, found.aspect or "", codes, question)
    return found


@pytest.mark.parametrize(
    ("talk", "code"),
    [
        pytest.param(
            ("làm giấy cho bé mới đẻ", "chồng em người Đài Loan, có giấy cưới rồi", "mang gì"),
            "2.000528",
            id="who only tells how things are goes on with what is wanted",
        ),
        pytest.param(
            ("làm di chúc", "ông nằm liệt có cán bộ đến nhà không"),
            "2.001019",
            id='"cán bộ" is no word of wanting, though without marks it begins like "cần"',
        ),
        pytest.param(
            ("đổi tên cho con", "bé 10 tuổi rồi có phải nó đồng ý không"), "1.004859", id="a condition is asked of it"
        ),
        pytest.param(
            ("Đăng ký thường trú cho con", "lượt 2 - vậy lệ phí thế nào ạ"),
            "1.004222",
            id="a part, beside words that mean nothing",
        ),
        pytest.param(
            ("khai sinh cho con", "vậy khai sinh kết hợp nhận cha mẹ con thì cần gì"),
            "1.000689",
            id="another member of the family, plainly named, is left for",
        ),
        pytest.param(
            ("đăng ký khai sinh", "đăng ký tạm trú", "quay lại cái khai sinh lúc nãy, lệ phí bao nhiêu"),
            "1.001193",
            id="going back",
        ),
        pytest.param(
            ("hai đứa tôi sắp cưới", "cần đăng ký gì ở phường"), "1.000894", id="a part is asked of a life event"
        ),
        pytest.param(
            ("muốn làm hòa giải viên ở thôn", "vậy ai giải quyết vụ này"),
            "1.002211",
            id="a choice that is all but made is not asked for twice",
        ),
    ],
)
def test_a_talk_ends_with_the_procedure_that_is_meant(talk: tuple[str, ...], code: str, finder: Finder) -> None:
    found = after(finder, *talk)
    assert found.behaviour in ("answer", "aspect") and found.candidates[0].code == code, found.trace


def test_a_bare_part_after_another_body_was_named_asks_of_that_body(finder: Finder) -> None:
    found = after(finder, "làm hộ chiếu ở đâu", "nộp ở đâu")
    assert (found.behaviour, found.key, found.aspect) == ("referral", "ho-chieu", "place")


def test_chatter_is_refused_whatever_was_named_before(finder: Finder) -> None:
    assert after(finder, "đăng ký khai sinh cần gì", "hôm nay trời đẹp nhỉ").behaviour == "refuse"


def test_an_open_question_without_a_likely_answer_is_asked_again_for_the_part(finder: Finder) -> None:
    found = after(finder, "giấy phép xây dựng", "mất mấy ngày")
    assert (found.behaviour, found.aspect) == ("clarify", "time") and len(found.options) >= 2


def test_what_was_heard_keeps_the_last_words() -> None:
    assert heard("", "khai sinh") == "khai sinh"
    assert heard("khai sinh", "hai vợ chồng") == "khai sinh , hai vợ chồng"
    assert heard("a" * MOST_HEARD, "hai vợ chồng").endswith("hai vợ chồng")
    assert len(heard("a" * MOST_HEARD, "hai vợ chồng")) == MOST_HEARD
