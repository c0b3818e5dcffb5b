"""A reply travels as data and is rendered last; the same menu works as numbered text."""

from __future__ import annotations

import json
from datetime import date

import pytest

from handlers.messages import Button, Card, CardDocument, Reply, Stub, as_text, from_json, to_json
from knowledge.procedure import WAY_OUT
from knowledge.snapshot import Knowledge
from knowledge.unit import Unit

STUB = Stub("1.001193", date(2026, 4, 8), None)
REPLY = Reply(
    text="Chọn:",
    card=Card(title="Đăng ký khai sinh", stub=STUB, documents=(CardDocument("Giấy chứng sinh", "bản gốc"),)),
    stub=STUB,
    buttons=(Button("Một", "m1.menu"), Button("Trang", url="https://dichvucong.gov.vn/")),
    ask=True,
)


def test_a_reply_survives_the_outbox() -> None:
    assert from_json(json.loads(json.dumps(to_json(REPLY)))) == REPLY


def test_every_card_of_the_knowledge_survives_the_outbox(knowledge: Knowledge, unit: Unit) -> None:
    for procedure in knowledge.procedures.values():
        reply = Reply(card=procedure.card(WAY_OUT, unit))
        assert from_json(json.loads(json.dumps(to_json(reply)))) == reply


@pytest.mark.parametrize(
    "data", [{}, {"text": 1}, {**to_json(REPLY), "buttons": [{"title": "x"}]}, {**to_json(REPLY), "card": {"a": 1}}]
)
def test_what_is_no_reply_is_refused(data: dict[str, object]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        from_json(data)


def test_a_menu_reads_as_numbers_and_links_as_addresses() -> None:
    text = as_text(Reply("Anh/chị cần:", buttons=REPLY.buttons, ask=True), numbered=True)
    assert text == "Anh/chị cần:\nTrang: https://dichvucong.gov.vn/\n1. Một\nTrả lời bằng một số."


def test_offers_are_no_question() -> None:
    text = as_text(Reply("Xong.", buttons=(Button("Các bước", "p1.1.001193.steps"),)), numbered=True)
    assert text == "Xong.\nXem thêm, gõ số:\n1. Các bước"


def test_with_buttons_the_text_has_no_numbers() -> None:
    assert "1. " not in as_text(REPLY, numbered=False)


@pytest.mark.parametrize(
    ("key", "url"),
    [("", ""), ("a", "https://x"), ("đ", ""), ("x" * 65, "")],
    ids=["nothing", "both", "not ascii", "too long"],
)
def test_a_button_has_a_short_ascii_key_or_a_link(key: str, url: str) -> None:
    with pytest.raises(ValueError, match="button"):
        Button("x", key, url)


def test_the_last_line_of_english_is_english() -> None:
    assert "checked" in as_text(Reply("x", stub=STUB, language="en"), numbered=False).lower()
