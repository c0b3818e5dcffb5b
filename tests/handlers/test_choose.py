"""What a number or an ordinal means: the menu last shown, as long as its question is of the same day."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.choose import chosen, wants_other
from handlers.dialogue import Dialogue
from handlers.messages import Incoming
from handlers.ports import Context
from handlers.state import State

MENU = ("m1.a", "m1.b", "m1.c")


def context(dialogue: Dialogue, state: State) -> Context:
    """A context in which `state` is remembered."""
    return Context(state, dialogue.now, "vi", dialogue.unit, dialogue.knowledge, dialogue)


def typed(dialogue: Dialogue, text: str) -> Incoming:
    """A text from the citizen."""
    return Incoming("console", "a", "1", "1", "mau", "text", dialogue.now, text=text)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("1", "m1.a"),
        (" 2 ", "m1.b"),
        ("số 3", "m1.c"),
        ("so 3 nha", "m1.c"),
        ("chọn 1", "m1.a"),
        ("câu 2 ạ", "m1.b"),
        ("cái đầu tiên", "m1.a"),
        ("cái thứ hai", "m1.b"),
        ("mục cuối", "m1.c"),
        ("thứ ba", "m1.c"),
        ("hai", "m1.b"),
        ("4", ""),
        ("0", ""),
        ("2 con", None),
        ("làm khai sinh", None),
        ("20/11/2026", None),
        ("", None),
    ],
)
def test_a_choice_as_people_type_it(dialogue: Dialogue, text: str, key: str | None) -> None:
    state = State(expect=MENU, at=dialogue.now)
    assert chosen(typed(dialogue, text), context(dialogue, state)) == key


def test_a_number_means_nothing_the_day_after(dialogue: Dialogue) -> None:
    old = State(expect=MENU, at=dialogue.now - timedelta(hours=25))
    assert chosen(typed(dialogue, "1"), context(dialogue, old)) == ""
    assert chosen(typed(dialogue, "1"), context(dialogue, replace(old, at=dialogue.now - timedelta(hours=2)))) == "m1.a"


def test_words_are_no_numbers_where_nothing_is_asked(dialogue: Dialogue) -> None:
    assert chosen(typed(dialogue, "ba"), context(dialogue, State())) is None


@pytest.mark.parametrize(
    ("text", "other"),
    [("không phải, cái kia", True), ("cái khác", True), ("ko phai cai kia", True), ("cái giấy kia của xã", False)],
)
def test_the_other_one_is_meant(dialogue: Dialogue, text: str, other: bool) -> None:
    assert wants_other(typed(dialogue, text)) is other
