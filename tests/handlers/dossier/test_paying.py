"""Paying: the sum after the second factor only, the official page, five causes with real help, five steps, and words."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from handlers.dossier.model import Cause, Charge
from handlers.effects import StopWatching, Stuck
from tests.handlers.dossier.conftest import FEE, C, Talk, day

PAGE = "https://dichvucong.gov.vn/thanh-toan-truc-tuyen"


def test_the_sum_is_told_with_the_official_page_and_the_question(talk: Talk) -> None:
    dialogue = talk(state="needs_payment", charges=(FEE,))
    dialogue.text(C)
    text = dialogue.text("5678")
    assert "phải nộp 75.000 đ (lệ phí đăng ký), hạn thứ Sáu, 27/11/2026." in text
    assert f"Nộp tại {PAGE} hoặc tại quầy. Không chuyển tiền cho cá nhân nào." in text
    assert text.endswith("5. Không phải của tôi\nTrả lời bằng một số.")


def test_without_the_second_factor_the_help_is_the_same_and_the_sum_is_not_told(talk: Talk) -> None:
    text = talk(state="needs_payment", charges=(FEE,)).text(button=f"y1.{C}")
    assert "75.000" not in text
    assert PAGE in text
    assert "1. Chưa có tài khoản" in text


CAUSES = {
    "no_account": ["Người nhà trả giúp được", "quầy 1", "07:30–11:30"],
    "how": ["Bước 1: mở", PAGE, "gõ: tiếp"],
    "paid": ["Cảm ơn anh/chị. Máy ngừng nhắc, chờ dữ liệu mới."],
    "desk": ["quầy 1, mang giấy hẹn", "07:30–11:30"],
    "not_mine": ["không nhắn về hồ sơ này nữa", "0200 000 000"],
}


@pytest.mark.parametrize("cause", get_args(Cause))
def test_each_cause_is_helped_and_counted(cause: Cause, talk: Talk) -> None:
    dialogue = talk(state="needs_payment", charges=(FEE,))
    dialogue.text(C)
    text = dialogue.text(button=f"y1.{C}.{cause}")
    assert dialogue.effects == [Stuck(C, cause)]
    for words in CAUSES[cause]:
        assert words in text


def test_not_mine_ends_the_watch(talk: Talk) -> None:
    dialogue = talk(state="needs_payment", charges=(FEE,))
    for said in (C, "1", "1"):
        dialogue.text(said)
    dialogue.text(button=f"y1.{C}.not_mine")
    assert dialogue.effects == [Stuck(C, "not_mine"), StopWatching(C)]


def test_the_five_steps_come_one_at_a_time(talk: Talk) -> None:
    dialogue = talk(state="needs_payment", charges=(FEE,))
    dialogue.text(C)
    steps = [dialogue.text(button=f"y1.{C}.how"), *(dialogue.text(said) for said in ("tiếp", "xong rồi", "1", "tiep"))]
    assert [s[:6] for s in steps] == [f"Bước {n}" for n in range(1, 6)]
    assert "Cảm ơn" in dialogue.text("đã nộp")


@pytest.mark.parametrize("said", ["đã nộp", "nộp rồi", "đã đóng tiền rồi ạ", "toi da nop roi"])
def test_paid_in_words(said: str, talk: Talk) -> None:
    dialogue = talk(state="needs_payment", charges=(FEE,))
    dialogue.text(C)
    dialogue.text(said)
    assert dialogue.effects == [Stuck(C, "paid")]


@pytest.mark.parametrize("said", ["vướng", "bị vướng rồi", "chưa nộp được"])
def test_stuck_in_words(said: str, talk: Talk) -> None:
    dialogue = talk(state="needs_payment", charges=(FEE,))
    dialogue.text(C)
    assert "Anh/chị vướng ở đâu?" in dialogue.text(said)


@pytest.mark.parametrize("said", ["đã nộp", "vướng"])
def test_words_without_anything_to_pay_are_for_the_search(said: str, talk: Talk) -> None:
    dialogue = talk()
    dialogue.text(C)
    dialogue.text(said)
    assert not [e for e in dialogue.effects if isinstance(e, Stuck)]


def test_several_charges_are_one_sum_and_an_unknown_one_is_unknown(talk: Talk) -> None:
    more = Charge(2, "Phí thẩm định", 8_000, day(25))
    dialogue = talk(state="needs_payment", charges=(FEE, more, Charge(3, "Bản sao", 500, state="paid")))
    dialogue.text(C)
    assert "phải nộp 83.000 đ, hạn thứ Tư, 25/11/2026." in dialogue.text("5678")
    dialogue = talk(state="needs_payment", charges=(FEE, Charge(2, "Phí thẩm định")))
    dialogue.text(C)
    assert "số tiền chưa rõ" in dialogue.text("5678")


def test_no_account_number_and_no_other_link_is_ever_said(talk: Talk) -> None:
    for key in ("", *(f".{c}" for c in get_args(Cause)), *(f".{n}" for n in range(1, 6))):
        dialogue = talk(state="needs_payment", charges=(FEE,))
        dialogue.text(C)
        dialogue.text("5678")
        text = dialogue.text(button=f"y1.{C}{key}")
        assert set(re.findall(r"https?://\S+?(?=[\s,]|$)", text)) <= {PAGE}, text
        assert not re.search(r"\d{8,}", text.replace("0200 000 000", "")), text
        assert len(text.split("1. ")[0]) <= 350
