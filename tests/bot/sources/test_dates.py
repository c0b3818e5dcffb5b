"""Dates as exports write them, day first always."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.dates import DUE, RECEIVED, moment
from knowledge.unit import ZONE

EIGHT = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
FIRST, LAST = datetime(2001, 1, 1), datetime(2099, 12, 30)  # noqa: DTZ001 - cells have no zone
CELLS = st.one_of(st.text(max_size=60), st.floats(), st.integers(), st.booleans())


@pytest.mark.parametrize(
    "cell",
    [
        "20/11/2026 08:30",
        "20/11/2026 08:30:00",
        "20-11-2026 8:30",
        "08:30 20/11/2026",
        "08:30:00, ngày 20/11/2026",
        "2026-11-20T08:30:00",
        "2026-11-20T08:30:00.000+0700",
        "2026-11-20T01:30:00Z",
        "2026-11-20 08:30:00.0",
        "20261120083000",
        20261120083000.0,
        46346.354166666664,
        "46346.354166666664",
        "46346,3541666667",
        "20/11/2026 8:30:00 SA",
        "20/11/2026 08h30",
        "8 giờ 30 ngày 20 tháng 11 năm 2026",
        "  20/11/2026\u00a008:30 ",
    ],
)
def test_a_moment_is_read_in_every_form(cell: str | float) -> None:
    assert moment(cell, DUE) == EIGHT


@pytest.mark.parametrize(
    "cell",
    ["20/11/2026", "20.11.2026", "20/11/26", "2026-11-20", "20261120", 46346, 46346.0, "46346", "20/11/2026 00:00:00"],
)
def test_a_day_alone_begins_when_received_and_ends_when_the_counters_close(cell: str | float) -> None:
    assert moment(cell, RECEIVED) == datetime(2026, 11, 19, 17, 0, tzinfo=UTC)
    assert moment(cell, DUE) == datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


def test_a_day_stands_before_its_month() -> None:
    found = moment("05/06/2026", DUE)
    assert found is not None
    assert (found.day, found.month) == (5, 6)


def test_an_afternoon_is_told_by_its_letters() -> None:
    assert moment("20/11/2026 4:05 CH", DUE) == datetime(2026, 11, 20, 9, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "cell", ["", " ", "-", "null", 0, "00/00/0000", "01/01/0001 00:00:00", "1900-01-01", "30/12/1899"]
)
def test_what_programs_write_for_nothing_is_nothing(cell: str | float) -> None:
    assert moment(cell, DUE) is None


@pytest.mark.parametrize(
    "cell",
    [
        "11/20/2026",
        "31/02/2026",
        "20/11",
        "mai",
        "20/11/2026 25:00",
        8.5,
        "20/11/1026",
        "20/11/2026 gia hạn 25/11/2026",
    ],
)
def test_what_is_no_day_is_refused_and_not_guessed(cell: str | float) -> None:
    with pytest.raises(ValueError, match=r"date|range|month|hour|day"):
        moment(cell, DUE)


@given(CELLS)
def test_any_cell_is_a_moment_or_nothing_or_refused(cell: str | float) -> None:
    try:
        found = moment(cell, DUE)
    except ValueError:
        return
    assert found is None or (found.tzinfo is UTC and 1999 <= found.year <= 2100)


@given(
    st.datetimes(FIRST, LAST),
    st.sampled_from(["%d/%m/%Y %H:%M:%S", "%H:%M:%S %d/%m/%Y", "%Y-%m-%dT%H:%M:%S", "%Y%m%d%H%M%S"]),
)
def test_what_is_written_is_read_back(local: datetime, form: str) -> None:
    local = local.replace(microsecond=0, tzinfo=ZONE)
    if local.time() != time():
        assert moment(local.strftime(form), DUE) == local.astimezone(UTC)
