"""/dulieu shows, /xoa erases after one question; a key alone erases nothing."""

from __future__ import annotations

import pytest

from handlers.dialogue import Dialogue


@pytest.mark.parametrize("said", ["/dulieu", "dữ liệu của tôi", "đang lưu gì về tôi"])
def test_what_is_kept_is_shown_with_a_way_to_erase(dialogue: Dialogue, said: str) -> None:
    reply = dialogue.say(said)[-1]
    assert "30 ngày" in reply.text
    assert "d1.erase" in [b.key for b in reply.buttons]


@pytest.mark.parametrize("said", ["/xoa", "xóa hết thông tin của tôi", "xoa tin nhan", "xóa dữ liệu về tôi đi"])
def test_erasing_asks_once_and_then_erases(dialogue: Dialogue, said: str) -> None:
    assert "không lấy lại được" in dialogue.say(said)[-1].text
    assert not dialogue.erased
    dialogue.say("1")
    assert dialogue.erased


@pytest.mark.parametrize("said", ["2", "thôi", "khai sinh cho con cần gì"])
def test_anything_but_yes_erases_nothing(dialogue: Dialogue, said: str) -> None:
    dialogue.say("/xoa")
    dialogue.say(said)
    assert not dialogue.erased


def test_a_forged_key_erases_nothing(dialogue: Dialogue) -> None:
    dialogue.say(button="d1.erase")
    assert not dialogue.erased


def test_a_question_that_speaks_of_erasing_is_a_question(dialogue: Dialogue) -> None:
    dialogue.say("xóa đăng ký tạm trú cần gì")
    assert dialogue.understood
    assert dialogue.understood.codes[:1] == ("1.010028",)
