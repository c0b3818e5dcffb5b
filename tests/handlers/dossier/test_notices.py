"""What is said unasked: which moves matter, notices, lateness, reminders, a watch in vain, words for the phone."""

from __future__ import annotations

import pytest

from handlers.dossier.here import Here
from handlers.dossier.model import State, Watching
from handlers.dossier.notices import call_words, citizens_turn, gave_up, late_notice, matters, notice, reminder
from handlers.dossier.telling import tell
from handlers.messages import as_text
from tests.handlers.dossier.conftest import FEE, C, day, made

ALONE, FULL = Watching(C, "của mẹ"), Watching(C, "của mẹ", full=True)
NOTE = "Thiếu bản vẽ của ông Nguyễn Văn An, 0905 123 456"


@pytest.mark.parametrize(
    ("before", "after", "heard"),
    [
        ("new", "accepted", True),
        ("accepted", "processing", False),  # a step inside the centre
        ("processing", "accepted", False),
        ("", "processing", False),
        ("processing", "", False),  # nobody knows what it means
        ("accepted", "new", False),
        ("processing", "needs_papers", True),
        ("needs_papers", "processing", True),  # the papers have arrived
        ("processing", "needs_payment", True),
        ("needs_payment", "processing", True),
        ("new", "rejected", True),
        ("processing", "done", True),
        ("done", "returned", True),
        ("processing", "stopped", True),
        ("processing", "withdrawn", True),
        ("done", "done", False),
    ],
)
def test_not_every_move_is_told(before: State, after: State, heard: bool) -> None:
    assert matters(before, made(state=after), "state") is heard


def test_a_later_day_a_charge_and_a_first_sight_are_told() -> None:
    assert matters("processing", made(due_before=day(23), due=day(25)), "due")
    assert not matters("processing", made(due_before=day(25), due=day(23)), "due")
    assert not matters("processing", made(), ("due",))
    assert matters("needs_payment", made(state="needs_payment", charges=(FEE,)), {"charge"})
    assert not matters("needs_payment", made(state="needs_payment"), "due")
    assert matters("", made(), "first")


def test_the_citizens_turn() -> None:
    assert [
        s
        for s in ("rejected", "needs_papers", "needs_payment", "done", "processing", "returned")
        if citizens_turn(made(state=s))
    ] == [
        "rejected",
        "needs_papers",
        "needs_payment",
        "done",
    ]


def test_a_notice_says_what_the_look_up_says_and_how_to_stop(here: Here) -> None:
    dossier = made(state="done")
    reply = notice(dossier, ALONE, here)
    assert reply.text == f"Có tin mới.\n{tell(dossier, here, label='của mẹ')}\nThôi nhận tin: gõ dừng"
    assert [b.key for b in reply.buttons] == [f"h1.{C}", f"u1.{C}"]
    assert notice(dossier, ALONE, here, "first state").text.startswith("Đã thấy hồ sơ anh/chị chờ.")


@pytest.mark.parametrize("state", ["rejected", "needs_papers", "needs_payment", "stopped", "done"])
def test_a_notice_by_the_code_alone_carries_what_the_code_alone_shows(state: State, here: Here) -> None:
    dossier = made(state=state, note=NOTE, charges=(FEE,))
    said = [
        notice(dossier, ALONE, here),
        *(reminder(dossier, ALONE, n, here) for n in (1, 2, 3)),
        late_notice(dossier, ALONE, here),
    ]
    for reply in said:
        text = as_text(reply, numbered=True)
        assert not [word for word in ("75.000", "Nguyễn", "bản vẽ", "0905", "quầy 3") if word in text], text


def test_lateness_is_said_first_in_a_notice_too(here: Here) -> None:
    dossier = made(due_before=day(19), due=day(25))
    assert notice(dossier, ALONE, here, "due").text.startswith(
        f"Hồ sơ {C} của mẹ (đăng ký hộ kinh doanh) trễ hẹn 1 ngày"
    )
    assert late_notice(made(due=day(18)), ALONE, here).text.startswith(
        f"Hồ sơ {C} của mẹ (đăng ký hộ kinh doanh) trễ hẹn 2 ngày"
    )


def test_reminders(here: Here) -> None:
    dossier = made(state="needs_payment", charges=(FEE,))
    first = as_text(reminder(dossier, FULL, 1, here), numbered=True)
    assert "phải nộp 75.000 đ" in first
    assert "5. Không phải của tôi" in first
    second = reminder(dossier, FULL, 2, here)
    assert second.text == (
        f"Nhắc lần 2: hồ sơ {C} của mẹ còn 75.000 đ (lệ phí đăng ký), hạn thứ Sáu, 27/11/2026.\n"
        "Nộp tại https://dichvucong.gov.vn/thanh-toan-truc-tuyen\n"
        "Nộp rồi: gõ đã nộp. Bị vướng: gõ vướng. Thôi nhắc: gõ thôi nhắc"
    )
    assert [b.key for b in second.buttons] == [f"y1.{C}.paid", f"y1.{C}", f"u1.{C}"]


def test_a_watch_in_vain_ends_with_a_word(here: Here) -> None:
    assert gave_up(C, here).text.startswith(f"Đã 30 ngày chưa thấy hồ sơ {C} trong dữ liệu. Máy thôi chờ")


def test_the_words_for_the_phone_begin_with_who_calls_and_whether_it_is_them(here: Here) -> None:
    words = call_words(made(state="needs_payment", charges=(FEE,), note=NOTE), here)
    assert words.splitlines()[:2] == [
        "Chào anh/chị, đây là Trung tâm Phục vụ hành chính công xã Mẫu.",
        f"Anh/chị có nộp hồ sơ mã {C} không?",
    ]
    assert "Phải nộp 75.000 đ" in words
    assert "Nguyễn" not in words


@pytest.mark.parametrize(
    "state", ["new", "accepted", "rejected", "needs_papers", "needs_payment", "done", "stopped", "returned"]
)
def test_what_is_sent_unasked_fits(state: State, here: Here) -> None:
    dossier = made(state=state, note=NOTE * 4, charges=(FEE,))
    for watching in (ALONE, FULL):
        for reply in (
            notice(dossier, watching, here),
            late_notice(dossier, watching, here),
            reminder(dossier, watching, 2, here),
        ):
            assert len(reply.text) <= 400, (len(reply.text), reply.text)
