"""Changes between two publications are said in words, for the person who must look again."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date

import pytest

from knowledge.facts import Facts, FeeFact, TimeFact, read_facts
from knowledge.facts_diff import differences
from knowledge.source import FOLDER

BIRTH = read_facts(FOLDER / "facts")["1.001193"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"decision": "9/QĐ-BTP"}, "1.001193: quyết định công bố: 163/QĐ-BTP -> 9/QĐ-BTP"),
        ({"documents": 34, "documents_hash": "x"}, "giấy tờ đã sửa lời (33 dòng -> 34 dòng): đọc lại bản công bố"),
        ({"steps_hash": "x"}, "các bước đã sửa lời"),
        ({"conditions_hash": "x"}, "điều kiện đã sửa lời: đọc lại"),
        ({"times": (TimeFact("case", 3, "working_day"),)}, "thêm 3 ngày làm việc"),
        ({"fees": (FeeFact("trực tiếp", "lệ phí", 8000),)}, "thêm lệ phí 8.000 đ (trực tiếp)"),
        ({"published_on": None}, "ngày công bố: 08/04/2026 -> chưa rõ"),
        ({"results": ()}, "kết quả: Giấy khai sinh -> không có"),
    ],
)
def test_a_change_is_said(change: dict[str, object], says: str) -> None:
    said = list(differences({"1.001193": BIRTH}, {"1.001193": replace(BIRTH, **change)}))  # type: ignore[arg-type]
    assert len(said) == 1
    assert says in said[0]


# Row counts are told beside their hash; the day of fetching is no fact.
SILENT = {"code", "documents", "steps", "source_on"}


@pytest.mark.parametrize("name", sorted({f.name for f in fields(Facts)} - SILENT))
def test_whatever_changes_the_hash_is_told(name: str) -> None:
    other = replace(BIRTH, **{name: ("khác",) if isinstance(getattr(BIRTH, name), tuple) else "khác"})
    assert other.hash != BIRTH.hash
    assert list(differences({"1.001193": BIRTH}, {"1.001193": other}))


def test_being_fetched_on_another_day_is_no_change() -> None:
    assert replace(BIRTH, source_on=date(2026, 11, 21)).hash == BIRTH.hash


def test_new_and_gone_codes_are_said() -> None:
    assert list(differences({}, {"1.001193": BIRTH})) == ["1.001193: thủ tục mới (Thủ tục đăng ký khai sinh)"]
    assert list(differences({"1.001193": BIRTH}, {})) == [
        "1.001193: không còn trong bản mới (Thủ tục đăng ký khai sinh)"
    ]


def test_the_same_facts_say_nothing() -> None:
    assert not list(differences({"1.001193": BIRTH}, {"1.001193": BIRTH}))
