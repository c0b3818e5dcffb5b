"""Replies as Telegram messages, read back by the fake server's own parser of Telegram's HTML."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram.formatting import Run, cut, html, plain
from bot.channels.telegram.limits import LIMITS, units
from bot.channels.telegram.rendering import render
from handlers.dialogue import Dialogue
from handlers.keys import procedure_key
from handlers.messages import Button, Card, CardDocument, Reply, Stub
from tests.fakes.telegram_html import read, utf16

STUB = Stub("1.001193", date(2026, 4, 8), date(2026, 11, 10))
CARD = Card("Đăng ký khai sinh", STUB, "cha < mẹ & con", documents=(CardDocument("Giấy chứng sinh"),), fee="8.000 đ")
WORDS = st.text(st.sampled_from("aăâ 🏢<>&;.,!?\n\u0301\u200d𝒳"), max_size=400)
RUNS = st.lists(st.builds(Run, WORDS, st.sampled_from(["", "b", "i"])), max_size=8)


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_a_cards_name_is_bold_its_last_line_in_italics_and_nothing_else() -> None:
    (message,) = render(Reply(card=CARD), "7")
    text, entities = read(message["text"])
    assert text == CARD.text()
    styled = {e["type"]: text[e["offset"] : e["offset"] + e["length"]] for e in entities}  # type: ignore[operator,index]
    assert styled == {"bold": "Đăng ký khai sinh, cha < mẹ & con", "italic": STUB.text()}


def test_text_goes_before_the_card_and_the_answers_last_line_is_in_italics() -> None:
    (message,) = render(Reply("Trả lời & hết.", stub=STUB), "7")
    assert message == {"chat_id": "7", "text": f"Trả lời &amp; hết.\n<i>{STUB.text()}</i>"}
    (both,) = render(Reply("Trước hết:", card=CARD), "7")
    assert both["text"].startswith("Trước hết:\n\n<b>Đăng ký")


@pytest.mark.parametrize("text", ["", "  \n "])
def test_a_reply_without_words_is_no_message(text: str) -> None:
    assert render(Reply(text, buttons=(Button("A", "a"),)), "7") == []


def test_choices_stand_one_a_row() -> None:
    buttons = (Button("Đã đăng ký", "a"), Button("Chưa", "b"))
    (message,) = render(Reply("Cha mẹ bé đã đăng ký chưa?", buttons=buttons, ask=True), "7")
    assert message["reply_markup"] == {
        "inline_keyboard": [
            [{"text": "Đã đăng ký", "callback_data": "a"}],
            [{"text": "Chưa", "callback_data": "b"}],
        ]
    }


def test_offers_stand_two_a_row_where_both_titles_are_short() -> None:
    titles = ["Xem đủ giấy tờ", "Các bước", "Chuẩn bị trước khi đi", "Nộp qua mạng", "Đổi trường hợp"]
    (message,) = render(Reply("x", buttons=tuple(Button(t, f"k{n}") for n, t in enumerate(titles))), "7")
    rows = [[b["text"] for b in row] for row in message["reply_markup"]["inline_keyboard"]]
    assert rows == [titles[0:2], [titles[2]], titles[3:5]]


def test_choices_too_long_for_a_button_are_read_in_the_text_and_pressed_by_number() -> None:
    long = "Cha mẹ chưa đăng ký kết hôn nhưng đã nhận con tại Ủy ban"
    (message,) = render(Reply("Chọn:", buttons=(Button(long, "a"), Button("Khác", "b")), ask=True), "7")
    assert message["text"] == f"Chọn:\n1. {long}\n2. Khác"
    first, second = (row[0]["text"] for row in message["reply_markup"]["inline_keyboard"])
    assert first.startswith("1. Cha mẹ chưa")
    assert first.endswith("…")
    assert utf16(first) <= 40
    assert second == "2. Khác"


@pytest.mark.parametrize(
    ("url", "button"),
    [
        ("https://dichvucong.gov.vn/a?b=1&c=2", True),
        ("http://xa-mau.example/mau/", True),
        ("http://localhost:8080/mau/", False),
        ("tel:0200000000", False),
        ("mailto:a@b.vn", False),
        ("https://[hỏng", False),
        ("https://có khoảng.trắng/a b", False),
    ],
)
def test_a_link_telegram_would_refuse_stands_in_the_text(url: str, button: bool) -> None:
    (message,) = render(Reply("Xem.", buttons=(Button("Trang chính thức", url=url),)), "7")
    assert ("reply_markup" in message) == button
    assert ("Trang chính thức: " in message["text"]) != button


def test_a_topic_is_answered_in_the_topic() -> None:
    (message,) = render(Reply("x"), "-100/45")
    assert (message["chat_id"], message["message_thread_id"]) == ("-100", 45)


def test_a_long_reply_is_cut_between_paragraphs_and_the_buttons_stand_below_the_last_part() -> None:
    paragraphs = [f"Đoạn {n}. " + "chữ " * 300 for n in range(6)]
    messages = render(Reply("\n\n".join(paragraphs), buttons=(Button("Tiếp", "next"),)), "7")
    assert len(messages) > 1
    assert all(m["text"].startswith("Đoạn") for m in messages)
    assert ["reply_markup" in m for m in messages] == [False] * (len(messages) - 1) + [True]
    assert squeezed("".join(m["text"] for m in messages)) == squeezed("".join(paragraphs))


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("aaaa aaaa aaaa\n\nbb bb.\ncc cc", "aaaa aaaa aaaa"),
        ("aaaa aaaa aaaa\nbb. bb cc cc cc", "aaaa aaaa aaaa"),
        ("aaaa aaaa aa. bb bb cc cc cc", "aaaa aaaa aa."),
        ("aaaa aaaa, aaa bb bb cc cc", "aaaa aaaa,"),
        ("aa, aaaa aaaa bb bb cc cc", "aa, aaaa aaaa bb bb"),
        ("aaaa aaaa aaaa bbbbbbbbbb", "aaaa aaaa aaaa"),
        ("a" * 25, "a" * 20),
        ("🏢" * 25, "🏢" * 10),
        ("a" * 19 + "e\u0301" + "a" * 9, "a" * 19),
    ],
)
def test_a_cut_falls_where_a_reader_pauses(text: str, first: str) -> None:
    assert "".join(run.text for run in cut([Run(text)], 20, units)[0]) == first


@given(RUNS, st.integers(4, 60))
def test_no_part_is_too_long_none_is_empty_and_no_word_is_lost(runs: list[Run], limit: int) -> None:
    parts = cut(runs, limit, units)
    for part in parts:
        text, _entities = read(html(part))
        assert 0 < utf16(text) <= limit
        assert text.strip() == text == "".join(run.text for run in part)
        assert plain(html(part)) == text
    assert squeezed("".join(run.text for part in parts for run in part)) == squeezed("".join(run.text for run in runs))


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_lengths_are_counted_as_telegram_counts(text: str) -> None:
    assert units(text) == utf16(text)


def test_every_card_of_the_knowledge_fits_one_message(dialogue: Dialogue) -> None:
    for code in dialogue.knowledge.procedures:
        for reply in dialogue.say(button=procedure_key(code)):
            messages = render(reply, "7")
            assert len(messages) == 1
            text, _entities = read(messages[0]["text"])
            assert 0 < utf16(text) <= LIMITS.text
            for row in messages[0].get("reply_markup", {}).get("inline_keyboard", []):
                assert all(utf16(button["text"]) <= 40 for button in row)
