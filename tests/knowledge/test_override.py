"""What a unit says beside the publication: who wins, when it holds, and that the shared knowledge stays as it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from knowledge.override import Local, Override, laid
from knowledge.snapshot import Knowledge
from knowledge.unit import Unit

BIRTH, COPY = "1.001193", "2.000815"
NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
TODAY = date(2026, 11, 20)


def said(**values: Any) -> Override:
    """An approved override of the unit's fee, unless told otherwise."""
    given: dict[str, Any] = {
        "id": "1",
        "scope": "unit",
        "unit_id": "mau",
        "province": "",
        "code": BIRTH,
        "field": "fee",
        "value": "8.000 đ",
        "amount": 8000,
        "source": "12/2026/NQ-HĐND",
        "valid_from": None,
        "valid_to": None,
        "author": "Lan",
        "created_at": NOW,
        "base_hash": "x",
        "state": "approved",
        "approved_at": NOW,
    }
    return Override(**{**given, **values})


UNIT = said(id="u", value="unit")
PROVINCE = said(id="p", scope="province", unit_id="", province="H48", value="province")
COUNTRY = said(id="c", scope="country", unit_id="", value="country")
LATER = NOW.replace(hour=9)


@pytest.mark.parametrize(
    ("overrides", "fee"),
    [
        ([UNIT, PROVINCE, COUNTRY], "unit"),
        ([COUNTRY, PROVINCE], "province"),
        ([COUNTRY], "country"),
        ([UNIT, replace(PROVINCE, approved_at=LATER)], "unit"),  # nearer wins over newer
        ([UNIT, said(id="v", value="newer", approved_at=LATER)], "newer"),
        ([replace(UNIT, state="proposed"), COUNTRY], "country"),
        ([replace(UNIT, state="undone"), COUNTRY], "country"),
        ([replace(UNIT, unit_id="khac"), COUNTRY], "country"),
        ([replace(PROVINCE, province="H01"), COUNTRY], "country"),
        ([replace(UNIT, valid_from=date(2026, 11, 21)), COUNTRY], "country"),
        ([replace(UNIT, valid_to=date(2026, 11, 19)), COUNTRY], "country"),
        ([replace(UNIT, valid_from=TODAY, valid_to=TODAY), COUNTRY], "unit"),
    ],
)
def test_the_nearest_approved_one_of_today_wins(overrides: list[Override], fee: str) -> None:
    for order in (overrides, overrides[::-1]):
        assert laid(order, "mau", "H48", TODAY)[BIRTH].fee == fee


def test_a_unit_without_a_province_hears_of_no_province() -> None:
    assert laid([replace(PROVINCE, province="")], "mau", "", TODAY) == {}


def test_aliases_add_up_and_other_fields_stand_beside_each_other() -> None:
    local = laid(
        [
            said(id="1", field="alias", value="giấy bé", amount=None),
            said(id="2", field="alias", value="giấy mới", amount=None, scope="country", unit_id=""),
            said(id="3", field="hidden", value="không", amount=None),
            said(id="4", field="verified_on", value="2026-11-18", amount=None),
            said(id="5"),
        ],
        "mau",
        "H48",
        TODAY,
    )[BIRTH]
    assert local == Local(
        fee="8.000 đ",
        fee_amount=8000,
        fee_source="12/2026/NQ-HĐND",
        verified_on=date(2026, 11, 18),
        aliases=("giấy mới", "giấy bé"),
    )


@pytest.mark.parametrize(
    ("field", "state", "hash_now", "conflict"),
    [
        ("fee", "approved", "x", False),
        ("fee", "approved", "y", True),
        ("fee", "proposed", "y", True),
        ("fee", "approved", None, True),
        ("fee", "undone", "y", False),
        ("alias", "approved", "y", False),
    ],
)
def test_changed_facts_put_what_hangs_on_them_in_question(
    field: str, state: Any, hash_now: str | None, conflict: bool
) -> None:
    assert said(field=field, state=state).conflicts(hash_now) is conflict


def test_the_card_tells_the_fee_with_its_source_and_the_rest(knowledge: Knowledge, unit: Unit) -> None:
    local = Local(
        fee="8.000 đ",
        fee_source="12/2026/NQ-HĐND",
        place="nhà văn hóa thôn Thượng",
        phone="0200 111 222",
        hours="thứ Hai, thứ Năm",
        note="Mang theo bút.",
        verified_on=date(2026, 11, 19),
    )
    own = knowledge.with_overrides({BIRTH: local}).procedures[BIRTH]
    text = own.card("da-ket-hon", unit).text()
    for part in (
        "Tiền nộp: 8.000 đ (12/2026/NQ-HĐND).",
        "Nộp: nhà văn hóa thôn Thượng",
        "Giờ nhận: thứ Hai, thứ Năm.",
        "Hỏi trước: 0200 111 222.",
        "Mang theo bút.",
        "xã kiểm tra 19/11/2026",
    ):
        assert part in text


def test_the_shared_knowledge_and_other_units_stay_as_they_are(knowledge: Knowledge) -> None:
    both = knowledge.with_units({"mau": {BIRTH: Local(note="x", aliases=("giấy tím hoa",))}, "khac": {}})
    assert both.of("mau").procedures[BIRTH].local.note == "x"
    for other in (knowledge, both, both.of("khac"), both.of("nobody")):
        assert other.procedures[BIRTH].local == Local()
        assert not [c for c in other.finder.find("giấy tím hoa").candidates if c.code == BIRTH]
    assert both.of("mau").finder.find("giấy tím hoa").candidates[0].code == BIRTH
    again = both.with_units({"mau": {COPY: Local(note="y")}})
    assert again.of("mau").procedures[BIRTH].local == Local()
    assert again.of("mau").shared is knowledge


def test_a_code_nobody_knows_is_passed_over(knowledge: Knowledge) -> None:
    assert knowledge.with_overrides({"9.999999": Local(note="x")}) is knowledge


@pytest.mark.parametrize(
    ("typed", "aspect"),
    [
        ("giấy tím hoa", None),
        ("cho em hỏi giấy tím hoa ạ", None),
        ("giay tim hoa", None),
        ("giấy tím hoa mất bao nhiêu tiền", "fee"),
    ],
)
def test_an_alias_is_found_at_once(knowledge: Knowledge, typed: str, aspect: str | None) -> None:
    finder = knowledge.finder.with_aliases({COPY: ["giấy tím hoa"]})
    finding = finder.find(typed)
    assert (finding.behaviour, finding.candidates[0].code, finding.aspect) == ("answer", COPY, aspect)


def test_an_alias_changes_no_other_answer(knowledge: Knowledge) -> None:
    finder = knowledge.finder.with_aliases({COPY: ["giấy tím hoa"]})
    for typed in ("đăng ký khai sinh cần giấy gì", "giấy tím", "hoa", "mất bao lâu"):
        assert finder.find(typed) == knowledge.finder.find(typed)
