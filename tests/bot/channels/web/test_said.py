"""The transcript as it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.channels.web.said import shown, title_of
from handlers.messages import Button, Reply, to_json

NOW = datetime(2026, 11, 20, 1, 12, tzinfo=UTC)
ASK = Reply(
    "Cha mẹ bé đã đăng ký kết hôn chưa?", buttons=(Button("Đã đăng ký", "p1.a"), Button("Chưa", "p1.b")), ask=True
)


@dataclass(frozen=True)
class Line:
    id: int
    incoming: bool
    text: str = ""
    payload: dict[str, Any] | None = None
    at: datetime = NOW


def reply(number: int, said: Reply) -> Line:
    return Line(number, False, payload=to_json(said))


@pytest.mark.parametrize(
    ("answer", "chosen"),
    [
        ("Đã đăng ký", "p1.a"),
        ("1", "p1.a"),
        (" 2. ", "p1.b"),
        ("chưa", "p1.b"),
        ("3", ""),
        ("12", ""),
        ("còn lệ phí?", ""),
    ],
)
def test_the_taken_choice_is_known_by_title_or_number(answer: str, chosen: str) -> None:
    said = shown([reply(1, ASK), Line(2, True, answer)], NOW)
    assert said[0].chosen == chosen


def test_a_question_nobody_answered_has_no_choice() -> None:
    assert [one.chosen for one in shown([reply(1, ASK), reply(2, Reply("Mời anh/chị."))], NOW)] == ["", ""]


def test_the_hour_stands_alone_today_and_with_the_day_before() -> None:
    yesterday = Line(1, True, "a", at=datetime(2026, 11, 19, 8, 42, tzinfo=UTC))
    late = Line(2, True, "b", at=datetime(2026, 11, 19, 17, 30, tzinfo=UTC))  # 00:30 of the 20th in Vietnam
    assert [one.when for one in shown([yesterday, late], NOW)] == ["19/11 15:42", "00:30"]


def test_a_reply_of_an_older_program_still_shows_its_words() -> None:
    old = Line(1, False, "Chào anh/chị.", payload={"words": "of another form"})
    assert "Chào anh/chị." in shown([old], NOW)[0].text


def test_links_to_press_stand_after_a_question_and_choices_in_it() -> None:
    mixed = Reply(
        "Việc nào?", buttons=(Button("Một", "p1.a"), Button("Trang", url="https://dichvucong.gov.vn")), ask=True
    )
    said = shown([reply(1, mixed)], NOW)[0]
    assert [b.title for b in said.choices] == ["Một"]
    assert [b.title for b in said.offers] == ["Trang"]


def test_a_key_is_named_by_the_newest_button_that_sends_it() -> None:
    older = reply(1, Reply("…", buttons=(Button("Cũ", "p1.a"),)))
    assert title_of("p1.a", [older, reply(2, ASK), Line(3, True, "x")]) == "Đã đăng ký"
    assert title_of("p1.z", [older]) == ""


def test_nothing_said_is_nothing_shown() -> None:
    assert shown([], NOW) == []
