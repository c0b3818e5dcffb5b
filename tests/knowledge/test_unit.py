"""A unit's file is read strictly, and opening hours follow the calendar."""

from __future__ import annotations

from datetime import UTC, datetime, time
from pathlib import Path

import pytest

from knowledge.unit import Unit, UnitFileError, load_units
from knowledge.working_days import load_calendar

SAMPLE = (Path(__file__).parent.parent.parent / "units" / "mau.toml").read_text(encoding="utf-8")
CALENDAR = load_calendar()


def at(text: str) -> datetime:
    """A moment given in Vietnamese local time."""
    return datetime.fromisoformat(f"{text}+07:00").astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "closes"),
    [
        ("2026-11-20T07:30", time(11, 30)),
        ("2026-11-20T07:29", None),
        ("2026-11-20T11:30", None),
        ("2026-11-20T13:30", time(17, 0)),
        ("2026-11-21T09:00", None),  # Saturday
        ("2026-11-24T09:00", None),  # holiday
        ("2026-08-22T09:00", time(11, 30)),  # a worked Saturday keeps weekday hours
    ],
)
def test_open_means_inside_an_interval_of_a_working_day(unit: Unit, moment: str, closes: time | None) -> None:
    assert unit.open_at(at(moment), CALENDAR) == closes


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-11-20T12:00", "2026-11-20T13:30"),
        ("2026-11-20T17:30", "2026-11-23T07:30"),
        ("2026-11-23T18:00", "2026-11-25T07:30"),  # over the holiday
    ],
)
def test_the_next_opening_skips_weekends_and_holidays(unit: Unit, moment: str, opens: str) -> None:
    assert unit.opens_next(at(moment), CALENDAR) == at(opens)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (('phone = "0200 000 000"', "phone = 200"), "mau.toml: phone"),
        (('id = "mau"', 'id = "khac"'), "khac.toml"),
        (('mon = ["07:30-11:30", "13:30-17:00"]', 'mon = ["11:30-07:30"]'), "closes before it opens"),
        (("sample = true", "samples = true"), "samples"),
        (("[hours]", "[hours"), "not TOML"),
    ],
)
def test_a_wrong_file_is_refused_with_file_and_key(tmp_path: Path, change: tuple[str, str], says: str) -> None:
    assert change[0] in SAMPLE
    (tmp_path / "mau.toml").write_text(SAMPLE.replace(*change, 1), encoding="utf-8")
    with pytest.raises(UnitFileError, match=says.replace(".", r"\.")):
        load_units(tmp_path)


def test_no_unit_at_all_says_where_to_begin(tmp_path: Path) -> None:
    with pytest.raises(UnitFileError, match="sample"):
        load_units(tmp_path)


def test_the_catalogue_tells_what_is_handled(unit: Unit) -> None:
    assert unit.handles("1.001193", "core")
    assert not unit.handles("1.004194", "neighbour")


def test_a_unit_may_list_its_own_codes(tmp_path: Path) -> None:
    text = SAMPLE.replace('codes = "core"', 'codes = ["1.001193"]')
    (tmp_path / "mau.toml").write_text(text, encoding="utf-8")
    unit = load_units(tmp_path)["mau"]
    assert unit.handles("1.001193", "core")
    assert not unit.handles("1.000656", "core")
