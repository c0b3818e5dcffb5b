"""The second factor: four digits, a follow code, one's own contact; wrong ones, the lock, and what is never kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.dossier.factor import concealed, heard
from handlers.effects import Tried
from handlers.state import State
from tests.handlers.dossier.conftest import FEE, C, Talk

SUM = "75.000 đ"


@pytest.mark.parametrize(
    "said", ["5678", "4 số cuối là 5678", "5 6 7 8", "5678 ạ", "số của mẹ 5678", "K7M2P4XA", "k7m2 p4xa", "K7M2-P4XA"]
)
def test_the_factor_shows_the_sum_for_this_dialogue(said: str, talk: Talk) -> None:
    dialogue = talk(state="needs_payment", charges=(FEE,))
    assert SUM not in dialogue.text(C)
    assert SUM in dialogue.text(said)
    assert SUM in dialogue.text(C)
    dialogue.now += timedelta(minutes=11)
    assert SUM not in dialogue.text(C)
    assert not dialogue.state.proved


@pytest.mark.parametrize("said", ["0905345678", "+84905345678", "84 905 345 678"])
def test_a_contact_counts_only_if_it_is_the_senders_own(said: str, talk: Talk) -> None:
    dialogue = talk(state="needs_payment", charges=(FEE,))
    dialogue.text(C)
    assert "số của người khác" in dialogue.say(said, kind="contact")[0].text
    assert dialogue.effects == []
    assert SUM in dialogue.say(said, kind="contact", own=True)[0].text


def test_a_contact_nobody_asked_for_is_turned_down(talk: Talk) -> None:
    assert "không cần số điện thoại" in talk().say("0905345678", kind="contact", own=True)[0].text


def test_a_whole_number_is_hidden_and_no_try(talk: Talk) -> None:
    dialogue = talk(state="needs_payment")
    dialogue.text(C)
    assert "chỉ gửi 4 số cuối" in dialogue.text("0905 345 678")
    assert dialogue.wrong == {}


def test_the_fifth_wrong_try_is_told_as_a_code_nobody_knows(talk: Talk) -> None:
    dialogue = talk(state="needs_payment", charges=(FEE,))
    dialogue.text(C)
    for n in range(4):
        assert dialogue.text(f"111{n}").startswith("4 số này chưa khớp.")
    assert dialogue.text("1115").startswith(f"Chưa thấy hồ sơ {C}.")
    assert dialogue.text("5678").startswith(f"Chưa thấy hồ sơ {C}.")
    assert dialogue.wrong[C] == 5


def test_an_unknown_code_is_tried_like_a_known_one(talk: Talk) -> None:
    dialogue = talk()
    dialogue.text("H48.99.01-261117-0003")
    dialogue.text("1234")
    assert dialogue.effects == [Tried("H48.99.01-261117-0003", "")]


def test_an_identity_number_counts_only_where_the_server_is_at_home(talk: Talk) -> None:
    for channel, shown in (("zalo_oa", True), ("web", True), ("telegram", False), ("messenger", False)):
        dialogue = talk(state="needs_payment", charges=(FEE,), factors=frozenset({"identity"}))
        dialogue.channel = channel
        assert ("4 số cuối căn cước" in dialogue.text(C)) is shown
        assert (SUM in dialogue.text("9012")) is shown


def test_the_proof_of_one_dossier_opens_no_other(talk: Talk) -> None:
    dialogue = talk(state="needs_payment", charges=(FEE,))
    other = "H48.99.01-261118-0013"
    dialogue.dossiers[other] = replace(dialogue.dossiers[C], code=other)
    dialogue.text(C)
    dialogue.text("5678")
    assert SUM not in dialogue.text(other)
    assert SUM not in dialogue.text(C)


def test_to_leave_it_one_word_is_enough_and_another_question_is_answered(talk: Talk) -> None:
    dialogue = talk(state="needs_payment")
    dialogue.text(C)
    dialogue.text("thôi")
    assert dialogue.state.flow == ""
    dialogue.text(C)
    dialogue.text("đăng ký kết hôn cần gì")
    assert dialogue.understood is not None
    assert dialogue.understood.codes[:1] == ("1.000894",)
    assert dialogue.state.flow == ""


@pytest.mark.parametrize(
    "said", ["năm 2026", "khai sinh", "khai sinh 2026", "12345", "17-1436", "", "thủ tục", "1.001193"]
)
def test_other_texts_are_no_factor(said: str) -> None:
    assert heard(said) == ""


@pytest.mark.parametrize(
    ("said", "flow", "kept"),
    [
        ("5678", "factor", "••••"),
        ("K7M2P4XA", "factor", "••••"),
        ("5678", "", "5678"),
        ("khai sinh", "factor", "khai sinh"),
    ],
)
def test_a_factor_that_was_asked_for_is_hidden_before_it_is_kept(said: str, flow: str, kept: str) -> None:
    assert concealed(said, State(flow=flow)) == kept
