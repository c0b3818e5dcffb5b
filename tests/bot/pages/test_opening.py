"""The strip under the header."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.pages.opening import opening, sentence
from knowledge.unit import ZONE, Unit
from knowledge.working_days import WorkingDays, load_calendar


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-11-20T08:12", "Đang mở cửa đến 11:30. Chiều 13:30–17:00."),
        ("2026-11-20T11:29", "Đang mở cửa đến 11:30. Chiều 13:30–17:00."),
        ("2026-11-20T11:30", "Đang đóng cửa, mở lại 13:30 hôm nay. "),
        ("2026-11-20T06:00", "Đang đóng cửa, mở lại 07:30 hôm nay. "),
        ("2026-11-20T13:30", "Đang mở cửa đến 17:00. "),
        ("2026-11-20T17:00", "Đang đóng cửa, mở lại 07:30 thứ Hai 23/11. "),
        ("2026-11-21T09:00", "Đang đóng cửa, mở lại 07:30 thứ Hai 23/11. "),
        ("2026-11-24T09:00", "Đang đóng cửa, mở lại 07:30 thứ Tư 25/11. "),  # a holiday
    ],
)
def test_the_strip_says_open_or_shut_and_until_when(unit: Unit, moment: str, words: str) -> None:
    said = opening(unit, datetime.fromisoformat(moment).replace(tzinfo=ZONE), load_calendar())
    assert f"{said.state} {said.until} {said.later}" == words
    assert said.open is words.startswith("Đang mở cửa")


def test_a_year_without_a_calendar_shows_the_plain_hours(unit: Unit) -> None:
    said = opening(unit, datetime(2026, 11, 20, 8, tzinfo=ZONE), WorkingDays(frozenset({2020})))
    assert f"{said.state} {said.until}" == "Giờ làm việc: Thứ Hai đến thứ Sáu, 07:30–11:30, 13:30–17:00."


def test_a_phrase_becomes_a_sentence_and_nothing_stays_nothing() -> None:
    assert sentence("thứ Hai, 07:30") == "Thứ Hai, 07:30."
    assert sentence("") == ""
