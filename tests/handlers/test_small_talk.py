"""What is only talk gets a short human answer; what also asks for something is left to the search."""

from __future__ import annotations

import pytest

from handlers.dialogue import Dialogue
from handlers.small_talk import angry


@pytest.mark.parametrize(
    ("said", "part"),
    [
        ("xin chào", "Chào"),
        ("chào ad ạ", "Chào"),
        ("alo alo", "Chào"),
        ("hello", "Chào"),
        ("cảm ơn nhiều nha", "không có gì"),
        ("cam on anh", "không có gì"),
        ("ok cảm ơn", "không có gì"),
        ("tks ad", "không có gì"),
        ("bạn là người hay máy", "không phải người"),
        ("ban la ai vay", "không phải người"),
        ("tạm biệt", "Khi cần"),
    ],
)
def test_talk_is_answered_as_talk(dialogue: Dialogue, said: str, part: str) -> None:
    assert any(part in reply.text for reply in dialogue.say(said)), said
    assert dialogue.understood
    assert dialogue.understood.behaviour == "apologize"


@pytest.mark.parametrize("said", ["chào ad cho hỏi làm khai sinh cần gì", "cảm ơn, còn kết hôn cần giấy gì"])
def test_a_greeting_before_a_question_does_not_swallow_it(dialogue: Dialogue, said: str) -> None:
    dialogue.say(said)
    assert dialogue.understood
    assert dialogue.understood.handler != "small_talk"


@pytest.mark.parametrize(
    ("said", "mood"),
    [
        ("trả lời ngu quá", True),
        ("đồ vô dụng", True),
        ("bực mình ghê", True),
        ("ngủ ở xã được không", False),
        ("ngư dân cần gì", False),
    ],
)
def test_anger_is_heard(said: str, mood: bool) -> None:
    assert angry(said) is mood
