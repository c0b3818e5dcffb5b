"""Dossier codes as people type them: read, asked for, or left alone."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.dossier.codes import as_link, beside, from_link, link_parts, read, valid

TODAY = date(2026, 11, 20)
SAME = "H48.99.01-261120-0007"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("h48.99.01-261120-0007", SAME),
        ("Mã H48.99.01 – 261120 – 0007 ạ", SAME),
        ("H48.99.01 261120 0007", SAME),
        ("H48. 99. 01-261120-0007", SAME),
        ("hs H48.99.01\n-261120-0007 mong xem giúp", SAME),
        ("H48.99.01-261120-OOO7", SAME),  # letters O
        ("H48-260901-0028", "H48-260901-0028"),
        ("000.00.99.H48-201105-0004", "000.00.99.H48-201105-0004"),
        ("G22.99.99-260921-000007", "G22.99.99-260921-000007"),
        ("G09.99-20260609-0000007", "G09.99-20260609-0000007"),
        ("H48.99.01-261121-0007", "H48.99.01-261121-0007"),  # tomorrow
        ("H48.99.01-261320-0007", None),  # month 13
        ("H48.99.01-271120-0007", None),  # next year
        ("XH48.99.01-261120-0007", None),
        ("17-1436", None),
        ("0905261120", None),
        ("1.001193", None),
    ],
)
def test_a_code_is_read_as_people_type_it(typed: str, code: str | None) -> None:
    assert read(typed, TODAY).codes == ((code,) if code else ())


@pytest.mark.parametrize(
    ("typed", "piece"),
    [
        ("17-1436", "17-1436"),
        ("hs 261120-0007", "261120-0007"),
        ("H48.99.01-261120", "H48.99.01-261120"),
        ("quốc lộ H48", ""),
    ],
)
def test_a_piece_of_a_code_is_seen_and_never_filled_up(typed: str, piece: str) -> None:
    assert read(typed, TODAY).partial == piece
    assert read(typed, TODAY).codes == ()


CODES = st.builds(
    lambda unit, day, number: f"{unit}-{day:%y%m%d}-{number:04d}",
    st.sampled_from(["H48", "H48.99.01", "H48.99.01.12", "000.00.99.H48", "G22.99.99"]),
    st.dates(date(2018, 1, 1), TODAY),
    st.integers(1, 999_999),
)


@given(
    CODES,
    st.sampled_from(["-", " - ", "–", " ", "\n-"]),
    st.sampled_from(["{}", "hs {} tới đâu", "mã {} ạ"]),
    st.booleans(),
)
def test_every_code_is_found_however_it_is_spaced(code: str, dash: str, around: str, small: bool) -> None:
    typed = around.format(code.replace("-", dash))
    assert read(typed.lower() if small else typed, TODAY).codes == (code,)
    assert valid(code, TODAY)


@given(CODES)
def test_a_link_brings_its_code_back(code: str) -> None:
    assert from_link(as_link(code), TODAY) == code
    assert link_parts(f"{as_link(code)}-K7M2P4XA") == (code, "K7M2P4XA")


@given(st.text(max_size=80))
def test_no_text_breaks_the_reader(text: str) -> None:
    said = read(text, TODAY)
    assert not (said.codes and said.partial)
    beside(text)
    link_parts(text)


def test_the_words_beside_a_code_are_what_is_wanted_with_it() -> None:
    assert beside("dừng H48.99.01 – 261120 – 0007 nha") == "DỪNG NHA"
