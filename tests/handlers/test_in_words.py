"""A case question or a splitting question answered in words means one of its choices, a no is never taken for a yes, and doubt goes to the search."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.dialogue import Dialogue
from handlers.in_words import meant, open_question, told_case, unsure
from handlers.ports import Context
from handlers.state import State

BIRTH, DEATH, SINGLE, HOUSE, CARD = "1.001193", "1.000656", "1.004873", "1.013225", "1.014062"
FUNERALS = ("p1.1.001731", "p1.1.010824", "p1.2.002307", "m1.ask")


def asked(dialogue: Dialogue, code: str) -> Context:
    """The context in which the case question of `code` is open."""
    dialogue.say(button=f"p1.{code}")
    return Context(dialogue.state, dialogue.now, "vi", dialogue.unit, dialogue.knowledge, dialogue)


@pytest.mark.parametrize(
    ("code", "text", "case"),
    [
        (BIRTH, "rồi", "da-ket-hon"),
        (BIRTH, "có rồi", "da-ket-hon"),
        (BIRTH, "dạ rồi ạ", "da-ket-hon"),
        (BIRTH, "vợ chồng em đăng ký rồi", "da-ket-hon"),
        (BIRTH, "cưới rồi", "da-ket-hon"),
        (BIRTH, "chưa", "chua-ket-hon"),
        (BIRTH, "dạ chưa ạ", "chua-ket-hon"),
        (BIRTH, "chưa cưới", "chua-ket-hon"),
        (BIRTH, "chua dk", "chua-ket-hon"),
        (BIRTH, "tụi em chưa đăng ký", "chua-ket-hon"),
        (BIRTH, "không có hôn thú", "chua-ket-hon"),
        (BIRTH, "em là mẹ đơn thân", "chua-ket-hon"),
        (BIRTH, "mang thai hộ", "mang-thai-ho"),
        (BIRTH, "không rõ", "khac"),
        (BIRTH, "em cũng không biết nữa", "khac"),
        (BIRTH, "trường hợp khác", "khac"),
        (BIRTH, "à mà đăng ký kết hôn cần gì", None),
        (BIRTH, "đăng ký kết hôn", None),
        (BIRTH, "làm khai tử", None),
        (BIRTH, "mấy ngày vậy", None),
        (DEATH, "có", "co-bao-tu"),
        (DEATH, "có giấy của bệnh viện", "co-bao-tu"),
        (DEATH, "không", "mat-lau"),
        (DEATH, "không có giấy báo tử", "mat-lau"),
        (DEATH, "chưa có giấy báo tử", "mat-lau"),
        (DEATH, "mất lâu rồi", "mat-lau"),
        (DEATH, "mất ở nhà", None),
        (DEATH, "da mat o nha thoi", None),
        (DEATH, "đã mất rồi", None),
        (SINGLE, "chưa có vợ", "chua-tung"),
        (SINGLE, "em ly hôn rồi", "da-ly-hon"),
        (SINGLE, "xin lại", "xin-lai"),
        (HOUSE, "chùa", "cong-trinh"),
        (HOUSE, "nhà cấp 4", "nha-o"),
        (CARD, "bé 3 tuổi", "duoi-6"),
        (CARD, "12 tuổi", "tu-6"),
    ],
)
def test_a_case_question_is_answered_in_words(dialogue: Dialogue, code: str, text: str, case: str | None) -> None:
    key = f"p1.{code}.card.{case}" if case else None
    assert meant(text, asked(dialogue, code)) == key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("cựu chiến binh", "p1.2.002307"),
        ("ông ấy là cựu chiến binh", "p1.2.002307"),
        ("thương binh", "p1.1.010824"),
        ("việc khác", "m1.ask"),
        ("không biết", None),
        ("không phải người có công", None),
    ],
)
def test_a_splitting_question_is_answered_by_the_words_of_its_slot(
    dialogue: Dialogue, text: str, key: str | None
) -> None:
    state = State(expect=FUNERALS, offered=("1.001731", "1.010824", "2.002307"), at=dialogue.now)
    context = Context(state, dialogue.now, "vi", dialogue.unit, dialogue.knowledge, dialogue)
    assert open_question(context)[0] == "Người mất trước đây hưởng chế độ nào?"
    assert meant(text, context) == key


def test_chips_under_a_card_are_no_question(dialogue: Dialogue) -> None:
    context = asked(dialogue, BIRTH)
    dialogue.say("1")
    context = Context(dialogue.state, dialogue.now, "vi", dialogue.unit, dialogue.knowledge, dialogue)
    assert open_question(context) == ("", ())
    assert meant("rồi", context) is None


def test_every_label_of_every_case_question_names_its_own_case(dialogue: Dialogue) -> None:
    walked = 0
    for procedure in dialogue.knowledge.procedures.values():
        if not procedure.cases:
            continue
        context = asked(dialogue, procedure.code)
        for case in procedure.cases:
            walked += 1
            assert meant(case.label, context) == f"p1.{procedure.code}.card.{case.key}", (procedure.code, case.label)
    assert walked >= 50


def test_a_phrase_said_away_is_another_case(dialogue: Dialogue) -> None:
    death = dialogue.knowledge.procedures[DEATH]
    assert told_case(death, "co-bao-tu", "không có giấy báo tử thì khai tử sao") == "mat-lau"
    assert told_case(death, "co-bao-tu", "có giấy báo tử rồi, khai tử được không") == "co-bao-tu"


@pytest.mark.parametrize(("text", "sure"), [("không biết", False), ("em ko rõ nữa", False), ("biết rồi", True)])
def test_not_knowing_is_heard(text: str, sure: bool) -> None:
    assert unsure(text) is not sure


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(max_size=60)
    | st.lists(st.sampled_from(["chưa", "rồi", "không", "có", "đăng", "ký", "cưới", "hôn", "giấy", "gì"])).map(" ".join)
)
def test_any_text_names_a_choice_that_was_offered_or_none(dialogue: Dialogue, text: str) -> None:
    context = asked(dialogue, BIRTH)
    assert meant(text, context) in (None, *context.state.expect)
