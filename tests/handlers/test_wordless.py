"""What comes without words gets a sentence that says what to do instead."""

from __future__ import annotations

import pytest

from handlers.dialogue import Dialogue


@pytest.mark.parametrize(
    ("kind", "part"),
    [
        ("voice", "chưa nghe được"),
        ("photo", "không giữ ảnh"),
        ("video", "không giữ ảnh"),
        ("file", "không giữ ảnh"),
        ("sticker", "gõ vài chữ"),
        ("location", "không cần vị trí"),
        ("contact", "không cần số điện thoại"),
        ("text", "chưa có chữ"),
    ],
)
def test_it_is_answered_and_the_menu_stays(dialogue: Dialogue, kind: str, part: str) -> None:
    dialogue.say("khai sinh cho con cần gì")
    expected = dialogue.state.expect
    assert part in dialogue.say(kind=kind)[-1].text
    assert dialogue.state.expect == expected


def test_a_picture_with_words_is_its_words(dialogue: Dialogue) -> None:
    dialogue.say("đăng ký kết hôn cần gì", kind="photo")
    assert dialogue.understood
    assert dialogue.understood.codes[:1] == ("1.000894",)
