"""A photo is read outside the turn; only who still waits for it hears of it, and of a foreign code nothing is said again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers.dialogue import Dialogue

CODE = "H48.99.01-261120-0007"


def read(dialogue: Dialogue, photo: str, text: str = "", button: str = "") -> list[str]:
    """What is said when a photo has been read."""
    return [reply.text for reply in dialogue.say(text, kind="read", button=button, photo=photo)]


@pytest.fixture
def waiting(dialogue: Dialogue) -> Dialogue:
    """A citizen who has sent one photo."""
    dialogue.say("/start")
    assert [r.text for r in dialogue.say(kind="photo", photo="A")] == ["Máy đang đọc mã trong ảnh, chờ một chút."]
    assert dialogue.reading == ["A"]
    return dialogue


def test_a_code_in_a_photo_is_taken_as_if_typed(waiting: Dialogue, knowledge: object) -> None:
    typed = Dialogue(waiting.knowledge, waiting.unit, waiting.now)
    typed.say("/start")
    assert read(waiting, "A", CODE) == [reply.text for reply in typed.say(CODE)]
    assert waiting.understood
    assert waiting.understood.handler == typed.understood.handler  # type: ignore[union-attr]
    assert not waiting.state.flow.startswith("photo")


def test_a_procedures_code_in_a_photo_is_answered_as_that(waiting: Dialogue) -> None:
    read(waiting, "A", button="tt-1_001193")
    assert waiting.understood
    assert waiting.understood.codes == ("1.001193",)


@pytest.mark.parametrize(
    ("button", "said"),
    [
        ("", "Ảnh chưa rõ mã. Anh/chị chụp gần, đủ sáng, hoặc gõ mã trên giấy hẹn."),
        ("other", "Mã này không phải mã hồ sơ. Anh/chị chụp hoặc gõ mã trên giấy hẹn."),
        ("late", "Máy chưa mở được ảnh. Anh/chị gõ mã trên giấy hẹn, hoặc tra mã ở trang dưới."),
    ],
)
def test_a_photo_without_a_code_of_ours_says_what_to_do(waiting: Dialogue, button: str, said: str) -> None:
    assert read(waiting, "A", button=button) == [said]
    assert waiting.state.flow == ""


def test_who_waited_too_long_gets_the_official_page(waiting: Dialogue) -> None:
    (reply,) = waiting.say(kind="read", button="late", photo="A")
    assert [b.url for b in reply.buttons] == ["https://dichvucong.gov.vn/tra-cuu-ho-so"]


@pytest.mark.parametrize("word", ["menu", "thôi", "/start"])
def test_who_no_longer_waits_hears_nothing_and_nothing_changes(waiting: Dialogue, word: str) -> None:
    waiting.say(word)
    before = waiting.state
    assert read(waiting, "A", CODE) == []
    assert waiting.state == before


def test_another_photo_than_the_one_waited_for_is_not_told(waiting: Dialogue) -> None:
    assert read(waiting, "B", CODE) == []


def test_it_is_told_once(waiting: Dialogue) -> None:
    assert read(waiting, "A", CODE)
    assert read(waiting, "A", CODE) == []


def test_a_word_in_between_does_not_end_the_waiting(waiting: Dialogue) -> None:
    waiting.say("đây là giấy hẹn")
    assert read(waiting, "A")[0].startswith("Ảnh chưa rõ")


def test_after_ten_minutes_nobody_waits(waiting: Dialogue) -> None:
    waiting.now += timedelta(minutes=11)
    assert read(waiting, "A", CODE) == []


def test_an_erased_chat_waits_for_nothing(waiting: Dialogue) -> None:
    waiting.say("/xoa")
    waiting.say(button="d1.erase")
    assert waiting.erased
    assert read(waiting, "A", CODE) == []


def test_of_an_album_one_photo_with_a_code_is_enough(waiting: Dialogue) -> None:
    assert waiting.say(kind="photo", photo="B") == []
    assert waiting.say(kind="photo", photo="C") == []
    assert waiting.reading == ["A", "B", "C"]
    assert read(waiting, "A") == []
    assert len(read(waiting, "C", CODE)) == 1
    assert read(waiting, "B") == []


def test_of_an_album_without_a_code_it_is_said_once(waiting: Dialogue) -> None:
    waiting.say(kind="photo", photo="B")
    assert read(waiting, "B") == []
    assert len(read(waiting, "A")) == 1


def test_words_under_a_photo_are_the_question_where_no_code_stands_in_it(dialogue: Dialogue) -> None:
    dialogue.say("/start")
    assert [r.text for r in dialogue.say("đăng ký kết hôn cần gì", kind="photo", photo="A")] == [
        "Máy đang đọc mã trong ảnh, chờ một chút."
    ]
    dialogue.say(kind="read", photo="A")
    assert dialogue.understood
    assert dialogue.understood.codes[:1] == ("1.000894",)
    assert dialogue.state.flow == ""


def test_a_code_under_a_photo_needs_no_reading(dialogue: Dialogue) -> None:
    dialogue.say(f"hồ sơ {CODE} tới đâu rồi", kind="photo", photo="A")
    assert dialogue.reading == []
    assert dialogue.understood
    assert dialogue.understood.handler == "dossier"


def test_an_emergency_under_a_photo_waits_for_nothing(dialogue: Dialogue) -> None:
    dialogue.say("cháy nhà", kind="photo", photo="A")
    assert dialogue.reading == []
    assert dialogue.understood
    assert dialogue.understood.handler == "emergency"


def test_in_a_group_no_photo_is_read(dialogue: Dialogue) -> None:
    assert "không giữ ảnh" in dialogue.say(kind="photo", photo="A", private=False)[-1].text
    assert dialogue.reading == []


def test_a_photo_that_was_read_at_once_needs_no_waiting(dialogue: Dialogue) -> None:
    dialogue.say(f"Ảnh: {CODE}", kind="read")
    assert dialogue.understood
    assert dialogue.understood.handler == "dossier"
    assert "Ảnh chưa rõ" in dialogue.say("Ảnh", kind="read")[-1].text
