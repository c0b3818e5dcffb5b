"""Who is in danger gets a number to call; who asks about papers for such a thing does not."""

from __future__ import annotations

import pytest

from handlers.dialogue import Dialogue


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("cháy nhà rồi", "114"),
        ("nha toi dang chay", "114"),
        ("có người đuối nước ngoài sông", "114"),
        ("ba tui bất tỉnh rồi", "115"),
        ("chong em ngung tho cuu voi", "115"),
        ("con tôi bị co giật", "115"),
        ("có cướp vào nhà", "113"),
        ("toi dang bi danh", "113"),
        ("bị dọa giết phải làm sao", "113"),
    ],
)
def test_danger_gets_a_number_first(dialogue: Dialogue, said: str, number: str) -> None:
    replies = dialogue.say(said)
    assert replies[0].text.startswith(f"Gọi {number}")


@pytest.mark.parametrize(
    "said",
    [
        "hỗ trợ nhà bị cháy cần giấy gì",
        "trợ cấp cho người bị tai nạn đuối nước",
        "giấy chứng nhận phòng cháy chữa cháy",
        "đăng ký khai tử cho người đuối nước",
        "chế độ cho dân quân bị thương khi chữa cháy rừng",
        "khai sinh cho con",
    ],
)
def test_a_question_about_papers_is_no_emergency(dialogue: Dialogue, said: str) -> None:
    assert not any(reply.text.startswith("Gọi 11") for reply in dialogue.say(said))


def test_an_emergency_keeps_the_dialogue_where_it_was(dialogue: Dialogue) -> None:
    dialogue.say("khai sinh cho con cần gì")
    expected = dialogue.state.expect
    dialogue.say("ba tui bất tỉnh rồi")
    assert dialogue.state.expect == expected
