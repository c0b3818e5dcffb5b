"""What may be said of any procedure, part by part and case by case, keeps the budgets of docs/voice.md and can be pressed on every channel."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from handlers.dialogue import Dialogue
from handlers.keys import PARTS, parse
from handlers.messages import Reply, as_text
from handlers.ports import Context
from handlers.procedure import PAGE, part
from handlers.state import State
from knowledge.procedure import WAY_OUT

SHORT = ("fee", "time", "place", "online", "form", "legal", "result")
LISTS = ("steps", "conditions")
MOST_BUTTONS = 10
LIMITS = {**dict.fromkeys(SHORT, 400), **dict.fromkeys(LISTS, 700), "all": 2000, "prep": 2000}
CARD = 700


def said(dialogue: Dialogue, name: str) -> Iterator[tuple[str, Reply]]:
    """Every reply that this part of any procedure can give: each case, no case and the way out; each page of a list."""
    context = Context(State(greeted=True), dialogue.now, "vi", dialogue.unit, dialogue.knowledge, dialogue)
    for procedure in dialogue.knowledge.procedures.values():
        for case in ("", WAY_OUT, *(c.key for c in procedure.cases)):
            pages = -(-len(procedure.documents(case)) // PAGE) or 1
            for page in range(1, pages + 1 if name == "all" else 2):
                for reply in part(procedure, context, name, case, page):
                    if isinstance(reply, Reply):
                        yield f"{procedure.code} {name} {case} {page}", reply


@pytest.mark.parametrize("name", PARTS)
def test_every_part_of_every_procedure_keeps_its_budget(dialogue: Dialogue, name: str) -> None:
    walked = 0
    for where, reply in said(dialogue, name):
        walked += 1
        text = as_text(reply, numbered=False)
        assert len(text) <= LIMITS.get(name, CARD), (where, len(text))
        assert len(reply.buttons) <= MOST_BUTTONS, where
        assert all(parse(b.key) for b in reply.buttons if b.key), where
        assert len({b.key for b in reply.buttons if b.key}) == len([b for b in reply.buttons if b.key]), where
        # Every answer names its code on its last line; a question does not.
        assert reply.ask or reply.stub or (reply.card and reply.card.stub), where
        if reply.stub:
            assert text.splitlines()[-1].startswith(f"Mã {reply.stub.code}"), where
    assert walked >= 515


@pytest.mark.parametrize(
    "pressed", ["m1.menu", "m1.events", "m1.events2", "m1.events3", "m1.help", "m1.person", "m1.mine"]
)
def test_a_menu_has_at_most_ten_choices(dialogue: Dialogue, pressed: str) -> None:
    for reply in dialogue.say(button=pressed):
        assert len(reply.buttons) <= MOST_BUTTONS


def test_every_life_event_topic_and_referral_can_be_pressed_and_read(dialogue: Dialogue) -> None:
    knowledge = dialogue.knowledge
    keys = [f"e1.{k}" for k in knowledge.events] + [f"t1.{k}" for k in knowledge.topics]
    keys += [f"r1.{k}" for k in knowledge.referrals]
    for key in keys:
        for reply in dialogue.say(button=key):
            text = as_text(reply, numbered=False)
            assert len(text) <= CARD, key
            assert "!" not in text, key
            assert "{" not in text, key
            assert len(reply.buttons) <= MOST_BUTTONS, key
    assert len(keys) >= 41


def test_every_life_event_stands_in_a_menu(dialogue: Dialogue) -> None:
    shown = {b.key for page in ("", "2", "3") for r in dialogue.say(button=f"m1.events{page}") for b in r.buttons}
    assert {f"e1.{k}" for k in dialogue.knowledge.events} <= shown
