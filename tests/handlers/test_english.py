"""Questions in English, as foreigners and Vietnamese from abroad type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.dialogue import Dialogue
from handlers.english import find, is_english
from handlers.english_words import stem, words
from handlers.messages import as_text
from knowledge.search.finding import Thread
from knowledge.snapshot import Knowledge
from knowledge.text.folding import fold
from knowledge.unit import Unit

# question → the code answered; "a b" are codes that must stand among those offered; "event key", "topic key", "referral key"; "-" is refused
ASKED = [
    ("how to register a birth", "1.001193"),
    ("birth certificate for my newborn", "1.001193 2.001023"),
    ("my wife just had a baby, what papers do I need", "event sinh-con"),
    ("register a baby, father is american", "1.001695 1.001193"),
    ("i lost my birth certificate", "2.000635"),
    ("change my name on birth certificate", "1.004859 2.000748"),
    ("marraige registration", "1.000894"),
    ("im american want to marry in vietnam", "2.000806"),
    ("how do I get a certificate of single status", "1.004873"),
    ("divorced in the USA want to record it in Vietnam", "2.000554"),
    ("My father died. What must I do?", "event nguoi-than-mat"),
    ("register a death", "1.000656"),
    ("how to adopt a child", "event nhan-con-nuoi"),
    ("certify signature", "2.000884"),
    ("where can i make a will", "2.001019"),
    ("how to register temporary residence", "1.004194"),
    ("permanent residence", "1.004222 1.003197"),
    ("I lost my ID card", "1.014064"),
    ("identity card for my child", "1.014062"),
    ("overnight guest report hotel", "2.001159"),
    ("how to register a household business", "1.001612"),
    ("close my business", "1.001266"),
    ("building permit for a new house", "1.013225"),
    ("land dispute with my neighbour", "1.012812 1.013967"),
    ("food safety certificate restaurant", "1.013855"),
    ("disability certificate", "1.001699 1.001653"),
    ("social pension for my mother 80 years old", "1.014027"),
    ("guardian for my nephew", "1.004837 1.004845"),
    ("I don’t have a birth certificate anymore, it's lost", "2.000635"),
    ("0•••••••••• how to register a birth", "1.001193"),
    ("what are your opening hours?", "topic gio-lam-viec"),
    ("where is the office", "topic dia-chi"),
    ("how to pay online", "topic nop-tien-qua-mang"),
    ("how to renew my passport", "referral ho-chieu"),
    ("what is the weather tomorrow", "-"),
]


@pytest.mark.parametrize(("question", "meant"), ASKED)
def test_an_english_question_is_understood(question: str, meant: str, knowledge: Knowledge) -> None:
    finding = find(question, Thread(), knowledge)
    assert finding is not None
    codes = [c.code for c in finding.candidates]
    if meant == "-":
        assert finding.behaviour == "refuse"
    elif meant[0].isalpha():
        assert f"{finding.behaviour} {finding.key}" == meant
    elif " " in meant:
        assert finding.behaviour == "clarify"
        assert set(meant.split()) <= {c for o in finding.options for c in o.codes}
        assert all(o.label.isascii() or "…" in o.label for o in finding.options)
    else:
        assert finding.behaviour == "answer"
        assert codes[0] == meant


@pytest.mark.parametrize(
    ("question", "aspect"),
    [
        ("how much does it cost to register a marriage", "fee"),
        ("how long does death registration take", "time"),
        ("can I apply online for birth registration", "online"),
        ("where do I apply for temporary residence", "place"),
        ("steps for marriage registration", "steps"),
        ("marriage registration", None),
    ],
)
def test_the_part_asked_about_is_heard(question: str, aspect: str | None, knowledge: Knowledge) -> None:
    finding = find(question, Thread(), knowledge)
    assert finding is not None
    assert finding.aspect == aspect


def test_a_bare_part_is_about_the_procedure_at_hand(knowledge: Knowledge) -> None:
    finding = find("how much does it cost?", Thread(code="1.000894"), knowledge)
    assert finding is not None
    assert (finding.behaviour, finding.candidates[0].code, finding.aspect) == ("aspect", "1.000894", "fee")


def test_nothing_that_the_centre_knows_in_vietnamese_is_taken_for_english(knowledge: Knowledge) -> None:
    said = [alias for p in knowledge.procedures.values() if p.words for alias in p.words.aliases]
    for some in (knowledge.referrals, knowledge.topics, knowledge.events):
        said += [alias for one in some.values() for alias in one.aliases]
    assert len(said) > 3000
    wrong = {text for alias in said for text in (alias, fold(alias)) if find(text, Thread(), knowledge) is not None}
    assert wrong <= set(), sorted(wrong)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "?",
        "123",
        "ok",
        "me toi can do an",
        "xin form dang ky online",
        "làm passport",
        "how to register a birth ở xã",
        "can cap lai the do mat",
    ],
)
def test_what_may_be_vietnamese_is_left_to_the_finder(text: str, knowledge: Knowledge) -> None:
    assert not is_english(text, knowledge)


@given(st.text(max_size=80))
def test_no_text_breaks_it(text: str) -> None:
    assert all(stem(word) for word in words(text))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("marriage", "married"),
        ("register", "registration"),
        ("copy", "copies"),
        ("close", "closing"),
        ("permit", "permits"),
    ],
)
def test_a_word_and_its_endings_are_one(one: str, other: str) -> None:
    assert stem(one) == stem(other)


def test_whoever_asks_in_english_is_answered_in_english(dialogue: Dialogue) -> None:
    said = dialogue.text("hello, i lost my birth certificate, what should i do")
    assert dialogue.language == "en"
    assert "This is the automatic assistant" in said
    assert "Tiếng Việt: /vi" in said
    assert "Bring:" in said
    assert "Fee, " in dialogue.text("how much is it?")
    assert "tiếng Việt" in dialogue.text("/vi")
    assert dialogue.language == "vi"


def test_english_choices_are_english_titles(knowledge: Knowledge, unit: Unit, dialogue: Dialogue) -> None:
    dialogue.text("/en")
    replies = dialogue.say("land dispute")
    assert as_text(replies[-1], numbered=True).startswith("Which one do you need?\n1. Mediation of a land dispute")


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("help my house is on fire", "114"),
        ("a child is drowning", "114"),
        ("my father is unconscious", "115"),
        ("I was robbed", "113"),
    ],
)
def test_a_cry_for_help_in_english_is_told_the_number_in_english(said: str, number: str, dialogue: Dialogue) -> None:
    assert dialogue.text(said) == f"Call {number} now."


@pytest.mark.parametrize("said", ["my uncle had a heart attack and died, death certificate", "fire safety certificate"])
def test_a_question_about_papers_is_no_cry_for_help(said: str, dialogue: Dialogue) -> None:
    assert "Call 11" not in dialogue.text(said)


@pytest.mark.parametrize(
    ("said", "stands"),
    [
        ("all papers", "All papers, Marriage registration"),
        ("show me all the documents", "All papers, Marriage registration"),
        ("checklist", "Get ready to go, Marriage registration"),
        ("what to bring", "Get ready to go, Marriage registration"),
        ("how long?", "Marriage registration, takes:"),
        ("what is the fee", "Fee, Marriage registration"),
        ("which form", "Forms, Marriage registration"),
        ("the first one", "All papers, Marriage registration"),
        ("option 2", "Steps, Marriage registration"),
        ("can I talk to a real person", "Call 0200 000 000"),
        ("thank you very much", "You are welcome"),
        ("got it", "All right."),
        ("are you a robot", "not a person"),
        ("start again", "Hello."),
        ("/dulieu", "Kept: "),
        ("/xoa", "Erase the messages"),
        ("delete my data", "Erase the messages"),
        ("menu", "You need:"),
        ("help", "Ask about papers"),
    ],
)
def test_a_conversation_goes_on_in_english(said: str, stands: str, dialogue: Dialogue) -> None:
    dialogue.text("/en")
    dialogue.say(button="p1.1.000894.card.khac")
    assert stands in dialogue.text(said)


def test_a_card_in_english_names_the_procedure_twice_and_counts_its_days(dialogue: Dialogue) -> None:
    dialogue.text("/en")
    card = dialogue.text(button="p1.1.001193.card.da-ket-hon")
    assert card.startswith("Birth registration / Đăng ký khai sinh, ")
    assert "Takes: 1 working day(s)" in card
    assert "Giấy chứng sinh (nơi sinh cấp), original" in card
    assert "checked here 10/11/2026" in card


def test_who_cannot_read_the_choices_of_a_case_is_shown_the_way_out(dialogue: Dialogue) -> None:
    assert "Không rõ thì" not in dialogue.text(button="p1.1.001193")
    dialogue.text("/en")
    assert "Not sure? Choose the last line" in dialogue.text(button="p1.1.001193")
    assert "Bring:" in dialogue.text("the last one")


def test_every_referral_and_event_speaks_english(knowledge: Knowledge) -> None:
    assert [r.key for r in knowledge.referrals.values() if not (r.text_en and r.who_en and r.need_en)] == []
    assert [e.key for e in knowledge.events.values() if not e.title_en or bool(e.intro) != bool(e.intro_en)] == []
    assert [t.key for t in knowledge.topics.values() if not (t.title_en and t.text_en)] == []
