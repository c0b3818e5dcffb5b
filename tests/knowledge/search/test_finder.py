"""From a question to a decision over the real knowledge (knowledge/search/finder.py)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.search.finder import Finder
from knowledge.search.finding import LABEL_LENGTH, MOST_CANDIDATES, MOST_OPTIONS, Finding, Thread
from knowledge.snapshot import Knowledge


@pytest.fixture(scope="module")
def finder(knowledge: Knowledge) -> Finder:
    return knowledge.finder


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("vợ em vừa sinh bé gái tuần trước, làm giấy khai sinh cần mang gì", "1.001193"),
        ("lam khai sinh cho con can giay to gi", "1.001193"),
        ("lamf khai sinh cho bes mowis sinh caanf giaays gif", "1.001193"),
        ("hai đứa em muốn đăng ký kết hôn thì mang giấy gì", "1.000894"),
        ("xin giấy độc thân để cưới vợ", "1.004873"),
        ("ba em mới mất, đi khai tử cần gì", "1.000656"),
        ("công chứng bản sao bằng đại học bao nhiêu tiền", "2.000815"),
        ("mở quán tạp hóa thì đăng ký kinh doanh ở đâu", "1.001612"),
        ("xin giấy phép xây nhà mới trên đất thổ cư", "1.013225"),
        ("làm giấy xác nhận khuyết tật cho con bị bại não", "1.001699"),
    ],
)
def test_a_clear_need_is_answered(typed: str, code: str, finder: Finder) -> None:
    found = finder.find(typed)
    assert (found.behaviour, found.candidates[0].code) == ("answer", code), found.trace


@pytest.mark.parametrize(
    ("typed", "aspect"),
    [
        ("làm khai sinh cho con mất mấy ngày", "time"),
        ("đăng ký kết hôn hết bao nhiêu tiền", "fee"),
        ("khai tử nộp ở đâu", "place"),
        ("giấy xác nhận khuyết tật cần giấy gì", "documents"),
    ],
)
def test_the_part_asked_about_is_told(typed: str, aspect: str, finder: Finder) -> None:
    assert finder.find(typed).aspect == aspect


@pytest.mark.parametrize("typed", ["giấy phép xây dựng", "giấy đất", "làm giấy tờ", "cần giúp", "giấy phép"])
def test_too_little_said_is_never_answered(typed: str, finder: Finder) -> None:
    assert finder.find(typed).behaviour != "answer"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "😀😀",
        "....",
        "asdkjh qwe",
        "giá vàng hôm nay bao nhiêu",
        "cách nấu phở bò",
        "thời tiết ngày mai",
        "a" * 5000,
    ],
)
def test_what_nobody_serves_is_never_answered(typed: str, finder: Finder) -> None:
    assert finder.find(typed).behaviour in ("refuse", "clarify")


def test_another_body_is_named(finder: Finder) -> None:
    found = finder.find("làm hộ chiếu ở đâu")
    assert (found.behaviour, found.key) == ("referral", "ho-chieu")
    assert not found.candidates


def test_a_topic_is_recognised(finder: Finder) -> None:
    assert finder.find("trung tâm làm việc mấy giờ đến mấy giờ").behaviour == "topic"


def test_a_life_event_brings_its_procedures_in_order(finder: Finder, knowledge: Knowledge) -> None:
    event = next(iter(knowledge.events.values()))
    found = finder.find(event.aliases[0])
    assert (found.behaviour, found.key) == ("event", event.key)
    assert tuple(c.code for c in found.candidates) == event.codes


def test_a_splitting_question_offers_what_is_open(finder: Finder, knowledge: Knowledge) -> None:
    found = finder.find("giấy phép xây dựng")
    assert found.behaviour == "clarify" and found.question
    assert 2 <= len(found.options) <= MOST_OPTIONS
    assert all(len(option.label) <= LABEL_LENGTH for option in found.options)
    offered = [code for option in found.options for code in option.codes]
    assert [c.code for c in found.candidates][: len(offered)] == offered[:MOST_CANDIDATES]
    assert set(offered) <= set(knowledge.procedures)


def test_a_splitting_question_offers_only_what_the_unit_handles(finder: Finder) -> None:
    everything = finder.find("giấy phép xây dựng")
    first = everything.candidates[0].code
    less = finder.find("giấy phép xây dựng", catalogue=lambda code: code != first)
    assert first not in [code for option in less.options for code in option.codes]


def test_two_needs_in_one_sentence_are_both_found(finder: Finder) -> None:
    found = finder.find("làm giấy xác nhận độc thân với lại sao y bằng đại học")
    assert found.candidates[0].code == "1.004873"
    assert found.second is not None and found.second.candidates[0].code == "2.000815"


def test_one_need_is_not_torn_apart(finder: Finder) -> None:
    assert finder.find("khai sinh và thẻ bảo hiểm y tế cho bé dưới 6 tuổi").second is None


def test_a_need_behind_a_long_story_is_found(finder: Finder) -> None:
    found = finder.find("gọi mấy lần không ai nghe, bực mình ghê, giờ muốn đăng ký khai tử cho ba thì cần giấy gì")
    assert found.candidates[0].code == "1.000656"


def test_what_is_said_away_does_not_count(finder: Finder) -> None:
    found = finder.find("không phải đăng ký kết hôn mà là xin giấy xác nhận tình trạng hôn nhân")
    assert found.candidates[0].code == "1.004873"
    other = finder.find("xin trích lục khai sinh chứ không phải làm khai sinh mới")
    assert other.candidates[0].code == "2.000635"


@pytest.mark.parametrize(
    ("typed", "aspect"),
    [
        ("còn lệ phí?", "fee"),
        ("mấy ngày vậy", "time"),
        ("thế nộp ở đâu", "place"),
        ("can giay gi", "documents"),
        ("vậy hết nhiêu", "fee"),
    ],
)
def test_a_bare_aspect_asks_of_what_was_talked_about(typed: str, aspect: str, finder: Finder) -> None:
    thread = Thread(code="1.000894", question="đăng ký kết hôn")
    found = finder.find(typed, thread)
    assert (found.behaviour, found.candidates[0].code, found.aspect) == ("aspect", "1.000894", aspect)


def test_a_bare_aspect_without_a_thread_asks_what_for(finder: Finder) -> None:
    assert finder.find("mấy ngày vậy").behaviour in ("clarify", "topic")


def test_a_new_need_leaves_the_thread(finder: Finder) -> None:
    thread = Thread(code="1.001193", question="làm khai sinh cho con")
    found = finder.find("tôi muốn xin giấy phép xây nhà mới trên đất thổ cư của ba mẹ", thread)
    assert found.candidates[0].code == "1.013225"


def test_more_words_choose_among_what_was_offered(finder: Finder) -> None:
    asked = finder.find("giấy phép xây dựng")
    thread = Thread(offered=tuple(c.code for c in asked.candidates), question="giấy phép xây dựng")
    found = finder.find("nhà cũ xuống cấp, muốn sửa chữa lại", thread)
    assert found.candidates[0].code == "1.013229"


def test_the_case_is_chosen_by_the_words(finder: Finder, knowledge: Knowledge) -> None:
    tried = right = 0
    for procedure in knowledge.procedures.values():
        for case in procedure.cases:
            for words in case.words[:2]:
                found = finder.find(f"{procedure.title} {words}")
                if found.behaviour == "answer" and found.candidates[0].code == procedure.code:
                    tried += 1
                    right += found.case == case.key
    assert tried > 30 and right / tried > 0.9


def test_belief_is_shared_and_sorted(finder: Finder) -> None:
    found = finder.find("xin giấy phép xây nhà mới")
    scores = [c.score for c in found.candidates]
    assert scores == sorted(scores, reverse=True) and sum(scores) <= 1.001
    assert len(scores) <= MOST_CANDIDATES


def test_every_decision_explains_itself(finder: Finder) -> None:
    trace = "\n".join(finder.find("dk ks cho con het bao nhieu tien").trace)
    assert "dk → đăng ký" in trace and "mục hỏi: fee" in trace and "quyết định:" in trace


def test_the_same_question_is_always_understood_the_same(finder: Finder) -> None:
    assert finder.find("xin tach thua dat cho con") == finder.find("xin tach thua dat cho con")


@settings(max_examples=150)
@given(st.text(max_size=150), st.booleans())
def test_nothing_typed_raises(finder: Finder, text: str, talking: bool) -> None:
    thread = Thread(code="1.001193", offered=("1.001193", "9.999999"), question=text[::-1]) if talking else Thread()
    found = finder.find(text, thread)
    assert isinstance(found, Finding)
    if found.behaviour == "answer":
        assert found.candidates
