"""What is no longer done is said to be so, whatever part is asked for; what took its place is one press away."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from handlers.dialogue import Dialogue
from knowledge.override import Local
from knowledge.snapshot import Knowledge
from knowledge.unit import Unit
from knowledge.withdrawn import Withdrawn
from tests.conftest import FRIDAY

BIRTH, DEATH = "1.001193", "1.000656"


def without(knowledge: Knowledge, *instead: str, note: str | None = None) -> Knowledge:
    """The knowledge after birth registration was withdrawn."""
    gone = Withdrawn(code=BIRTH, name="Khai sinh", since=date(2026, 11, 21), replaced_by=instead, note=note)
    procedures = {**knowledge.procedures, BIRTH: replace(knowledge.procedures[BIRTH], withdrawn=gone)}
    return replace(knowledge, procedures=procedures)


@pytest.mark.parametrize("asked", ["đăng ký khai sinh cần giấy gì", "đăng ký khai sinh mất bao nhiêu tiền", "1.001193"])
def test_a_withdrawn_procedure_is_no_longer_needed_whatever_is_asked(
    knowledge: Knowledge, unit: Unit, asked: str
) -> None:
    said = Dialogue(without(knowledge), unit, FRIDAY).text(asked)
    assert "không phải làm nữa (bản công bố ngày 21/11/2026 đã bỏ)" in said
    assert "hỏi quầy hoặc gọi 0200 000 000" in said
    assert "Mã 1.001193" in said
    for part in ("Cần mang", "Tiền", "kết hôn chưa"):
        assert part not in said


@pytest.mark.parametrize("part", ["", ".card", ".all", ".prep", ".fee", ".cases", ".card.da-ket-hon"])
def test_its_old_buttons_say_the_same(knowledge: Knowledge, unit: Unit, part: str) -> None:
    said = Dialogue(without(knowledge), unit, FRIDAY).text(button=f"p1.{BIRTH}{part}")
    assert "không phải làm nữa" in said


def test_what_replaced_it_is_named_and_meant_by_what_is_asked_next(knowledge: Knowledge, unit: Unit) -> None:
    dialogue = Dialogue(without(knowledge, DEATH), unit, FRIDAY)
    assert "Nay thay bằng: Đăng ký khai tử" in dialogue.text("đăng ký khai sinh cần giấy gì")
    assert "khai tử" in dialogue.text("mất mấy ngày").lower()


def test_a_remark_of_the_unit_is_told(knowledge: Knowledge, unit: Unit) -> None:
    said = Dialogue(without(knowledge, note="Nay bệnh viện làm."), unit, FRIDAY).text("1.001193")
    assert "Nay bệnh viện làm." in said


def test_english_says_it_in_english(knowledge: Knowledge, unit: Unit) -> None:
    dialogue = Dialogue(without(knowledge, DEATH), unit, FRIDAY, language="en")
    said = dialogue.text("1.001193")
    assert "no longer" in said
    assert "Death registration" in said


def test_a_life_event_leaves_out_what_is_withdrawn(knowledge: Knowledge, unit: Unit) -> None:
    event = next(e for e in knowledge.events.values() if BIRTH in e.codes)
    replies = Dialogue(without(knowledge), unit, FRIDAY).say(button=f"e1.{event.key}")
    assert f"p1.{BIRTH}" not in [b.key for b in replies[-1].buttons]


def test_a_card_whose_facts_changed_says_that_it_is_looked_at_again(knowledge: Knowledge, unit: Unit) -> None:
    doubtful = replace(knowledge.procedures[BIRTH], in_doubt=True)
    dialogue = Dialogue(replace(knowledge, procedures={**knowledge.procedures, BIRTH: doubtful}), unit, FRIDAY)
    line = "Thông tin này đang được đơn vị kiểm tra lại.\nMã 1.001193"
    assert line in dialogue.text(button=f"p1.{BIRTH}.card.da-ket-hon")
    assert line in dialogue.text("mất mấy ngày")
    assert "kiểm tra lại" not in dialogue.text(button=f"p1.{DEATH}")


@pytest.mark.parametrize("asked", ["đăng ký khai sinh cần giấy gì", "đăng ký khai sinh mất bao nhiêu tiền", "1.001193"])
def test_a_hidden_procedure_is_not_taken_in_by_the_unit(knowledge: Knowledge, unit: Unit, asked: str) -> None:
    hidden = knowledge.with_overrides({BIRTH: Local(hidden=True, phone="0200 111 222")})
    said = Dialogue(hidden, unit, FRIDAY).text(asked)
    assert "xã Mẫu không nhận việc này. Gọi 0200 111 222 để được chỉ đúng nơi." in said
    assert said.count("không nhận việc này") == 1
    assert "Cần mang" not in said


def test_an_override_is_told_in_every_part_it_is_about(knowledge: Knowledge, unit: Unit) -> None:
    local = Local(
        fee="8.000 đ",
        fee_source="12/2026/NQ-HĐND",
        place="nhà văn hóa thôn Thượng",
        hours="thứ Hai",
        phone="0200 111 222",
    )
    dialogue = Dialogue(knowledge.with_overrides({BIRTH: local}), unit, FRIDAY)
    assert "8.000 đ (12/2026/NQ-HĐND)" in dialogue.text(button=f"p1.{BIRTH}.fee")
    place = dialogue.text(button=f"p1.{BIRTH}.place")
    assert "nộp: nhà văn hóa thôn Thượng" in place
    assert "Giờ nhận: thứ Hai." in place
    assert "Hỏi trước: 0200 111 222." in place
    assert unit.address not in place
    assert "Đến: nhà văn hóa thôn Thượng." in dialogue.text(button=f"p1.{BIRTH}.prep.da-ket-hon")
