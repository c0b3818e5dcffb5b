"""Single JSON values: what each form means, and that no value whatever raises."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources import json_values as values

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
EIGHT = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)  # 08:00 in Vietnam


@pytest.mark.parametrize(
    "said",
    [
        "2026-11-20T08:00:00.000+0700",
        "2026-11-20T08:00:00.000+07:00",
        "2026-11-20T01:00:00Z",
        "2026-11-20T01:00:00.123456789Z",
        "2026-11-20T08:00:00",
        "2026-11-20 08:00",
        "20261120080000",
        "202611200800",
        20261120080000,
        20261120080000.0,
        "20/11/2026 08:00:00",
        "20/11/2026 8:00",
        "08:00 20/11/2026",
        "8h00 20-11-2026",
        "20.11.2026, 08:00",
        1795136400000,
        1795136400,
        {"$date": "2026-11-20T01:00:00Z"},
        {"$date": {"$numberLong": "1795136400000"}},
        [2026, 11, 20, 8, 0],
        [2026, 11, 20, 8, 0, 0, 123000000],
    ],
    ids=str,
)
def test_a_moment_is_read_in_every_form_systems_write(said: Any) -> None:
    assert values.moment(said) == EIGHT


@pytest.mark.parametrize(
    ("said", "local"),
    [
        ("2026-11-20", "20/11 17:00"),
        ("20/11/2026", "20/11 17:00"),
        ("20261120", "20/11 17:00"),
        ("03/04/2026", "03/04 17:00"),
    ],
)
def test_a_day_without_a_time_gets_the_clock_it_is_given_and_the_day_stands_first(said: str, local: str) -> None:
    found = values.moment(said, values.EVENING)
    assert found is not None
    assert found.astimezone(values.ZONE).strftime("%d/%m %H:%M") == local


@pytest.mark.parametrize(
    "said",
    [
        "31/02/2026",
        "13/20/2026",
        "2026-11-20T25:00:00",
        "0001-01-01T00:00:00",
        "mai",
        "20/11",
        "1.001193",
        True,
        "12345678901234",
        [2026],
        {},
    ],
    ids=str,
)
def test_what_is_no_moment_is_none(said: Any) -> None:
    assert values.moment(said) is None


@pytest.mark.parametrize(
    ("said", "is_"),
    [
        ("Đang xử lý", "Đang xử lý"),
        ([{"languageId": 46, "name": "Processing"}, {"languageId": 228, "name": "Đang xử lý"}], "Đang xử lý"),
        ([{"languageId": 46, "name": "Processing"}], "Processing"),
        ({"id": 2, "name": "Đang xử lý"}, "Đang xử lý"),
        ({"id": 2, "name": [{"languageId": 228, "name": "Đang xử lý"}]}, "Đang xử lý"),
        ({"0": {"languageId": 228, "name": "Đang xử lý"}}, "Đang xử lý"),
        ({"id": "64f0"}, ""),
        (None, ""),
        ([], ""),
    ],
    ids=str,
)
def test_a_name_is_read_as_text_list_object_or_map(said: Any, is_: str) -> None:
    assert values.name(said) == is_


@pytest.mark.parametrize(
    ("said", "is_"),
    [
        (75000, 75000),
        (75000.0, 75000),
        ("75000", 75000),
        ("75.000", 75000),
        ("75,000 đ", 75000),
        ("1.250.000 VNĐ", 1250000),
        ("8.000", 8000),  # eight thousand, never eight
        ("75000.00", 75000),
        ("miễn phí", 0),
        (0, 0),
        (-5, None),
        ("75.00.0", None),
        ("khoảng 75000", None),
        (True, None),
        (float("nan"), None),
        (10**15, None),
    ],
    ids=str,
)
def test_an_amount_is_whole_dong_or_nothing(said: Any, is_: int | None) -> None:
    assert values.amount(said) == is_


@pytest.mark.parametrize(
    "said",
    ["0900001234", "+84900001234", "84 900 001 234", "900001234", 900001234, "0900.001.234", "0084900001234"],
    ids=str,
)
def test_a_phone_has_one_form_however_it_was_written(said: Any) -> None:
    assert values.phone(said) == "0900001234"


def test_a_phone_that_is_none_is_nothing() -> None:
    assert [values.phone(each) for each in ("12", "0", "", None, "abc0900001234", [1])] == [""] * 6


def test_what_a_database_refuses_is_taken_out_of_a_text() -> None:
    assert values.text("Hồ\x00 sơ\ud800\u200b\n mới ") == "Hồ sơ mới"
    assert values.text(" NULL ") == ""


@given(ANY_JSON)
def test_no_json_value_whatever_raises(value: Any) -> None:
    assert isinstance(values.text(value), str)
    assert isinstance(values.name(value), str)
    assert isinstance(values.phone(value), str)
    assert isinstance(values.identity(value), str)
    assert values.moment(value) is None or values.moment(value).tzinfo is UTC  # type: ignore[union-attr]
    assert values.amount(value) is None or values.amount(value) >= 0  # type: ignore[operator]
    assert values.empty(value) in (True, False)
    values.text(value).encode()


@given(st.text(alphabet="0123456789/-.: TZ+h", max_size=24))
def test_no_text_of_digits_and_signs_raises(said: str) -> None:
    values.moment(said)
    values.amount(said)
    values.phone(said)
