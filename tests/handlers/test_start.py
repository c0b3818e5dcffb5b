"""The beginning, the menu, help, a person, the language."""

from __future__ import annotations

import pytest

from handlers.dialogue import Dialogue


@pytest.mark.parametrize("said", ["/start", "bắt đầu", "hỏi lại từ đầu"])
def test_the_beginning_forgets_the_thread(dialogue: Dialogue, said: str) -> None:
    dialogue.say("đăng ký kết hôn cần gì")
    assert "máy trả lời tự động" in dialogue.say(said)[-1].text
    assert dialogue.state.code == ""


def test_the_machine_introduces_itself_once(dialogue: Dialogue) -> None:
    first = dialogue.text("đăng ký kết hôn cần gì")
    assert first.count("máy trả lời tự động") == 1
    assert "máy trả lời tự động" not in dialogue.text("còn lệ phí?")


@pytest.mark.parametrize(
    "said", ["gặp cán bộ", "cho tôi gặp cán bộ", "muon noi chuyen voi nguoi that", "gặp nhân viên", "can bo oi"]
)
def test_a_person_has_phone_hours_and_place(dialogue: Dialogue, said: str) -> None:
    text = dialogue.text(said)
    assert "0200 000 000" in text
    assert "07:30–11:30" in text
    assert "Thôn Trung Tâm" in text


@pytest.mark.parametrize("said", ["/help", "trợ giúp", "giúp tôi với"])
def test_help_says_what_can_be_asked(dialogue: Dialogue, said: str) -> None:
    assert "Máy trả lời việc giấy tờ ở xã" in dialogue.text(said)


def test_the_language_is_switched_and_switched_back(dialogue: Dialogue) -> None:
    assert "English" in dialogue.text("/en")
    assert dialogue.language == "en"
    assert "1. " in dialogue.text("menu")
    dialogue.say("/vi")
    assert dialogue.language == "vi"


def test_a_menu_entry_is_there_only_when_it_works(dialogue: Dialogue) -> None:
    keys = [b.key for b in dialogue.say("menu")[-1].buttons]
    assert keys == ["m1.ask", "m1.events", "m1.mine", "m1.person"]
    for key in keys:
        assert dialogue.say(button=key)
