"""Whether the centre is open on a day somebody names. The conversations happen on Friday 20/11/2026; Tuesday 24/11/2026 is a holiday."""

from __future__ import annotations

import pytest

from handlers.dialogue import Dialogue

OPEN, SHUT = "mở cửa", "nghỉ, mở lại"


@pytest.mark.parametrize(
    ("text", "day", "open_or_shut"),
    [
        ("hôm nay có làm không", "Trung tâm đang mở cửa, đến 11:30", OPEN),
        ("hôm nay xã có làm không", "Trung tâm đang mở cửa, đến 11:30", OPEN),
        ("mai có làm không", "Thứ Bảy, 21/11/2026", SHUT),
        ("sáng mai xã mở cửa không ạ", "Thứ Bảy, 21/11/2026", SHUT),
        ("chu nhat co lam viec khong", "Chủ nhật, 22/11/2026", SHUT),
        ("thứ hai tuần này mở cửa không", "Thứ Hai, 23/11/2026", OPEN),
        ("trung tâm có nghỉ thứ ba không", "Thứ Ba, 24/11/2026", SHUT),
        ("t7 co lam k", "Thứ Bảy, 21/11/2026", SHUT),
        ("thứ 4 có làm không", "Thứ Tư, 25/11/2026", OPEN),
    ],
)
def test_line_one_answers_for_the_day_that_was_asked_about(
    dialogue: Dialogue, text: str, day: str, open_or_shut: str
) -> None:
    first, second = dialogue.say(text)[-1].text.splitlines()
    assert day in first
    assert open_or_shut in first
    assert second.startswith("Giờ làm việc: thứ Hai đến thứ Sáu")


@pytest.mark.parametrize("text", ["mai làm khai sinh được không", "ba mất thứ hai tuần trước", "mai", "làm lại thẻ"])
def test_a_day_inside_another_question_is_not_about_opening(dialogue: Dialogue, text: str) -> None:
    assert all("Giờ làm việc" not in reply.text for reply in dialogue.say(text))
