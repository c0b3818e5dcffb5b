"""The reading process, walked in this one: whatever the bytes, its last line says how it ended."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.sheets.child import write
from bot.sources.sheets.encodings import decoded, encoding_of
from tests.bot.sources.dirty_files import GOOD, HEAD, REFUSED, ROWS, html, separated, tcvn3, windows_1258, xml

BEGINNINGS = [
    b"",
    b"<table><tr><td>",
    xml("<Row><Cell><Data>").encode()[:-30],
    b"sep=;\n",
    b"\xff\xfe",
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
]
BEGINNINGS += [
    make()[:600]
    for name, make in {**GOOD, **REFUSED}.items()
    if name.startswith(("really", "xml_of", "tcvn3", "as_it"))
]


def ended(data: bytes) -> dict[str, object]:
    out = io.StringIO()
    write(data, out)
    lines = out.getvalue().splitlines()
    for line in lines:
        said = json.loads(line)
        assert isinstance(said, dict) or (isinstance(said[0], int) and said[0] >= 1 and len(said[1]) <= 201)
    return json.loads(lines[-1])


@given(
    st.sampled_from(BEGINNINGS),
    st.one_of(
        st.binary(max_size=300), st.text(alphabet="<>&;=\"'/trdTablespn \n\t,0123456789", max_size=300).map(str.encode)
    ),
)
def test_any_bytes_end_in_a_word(start: bytes, rest: bytes) -> None:
    assert set(ended(start + rest)) in ({"end"}, {"why"})


@pytest.mark.parametrize("name", [name for name in GOOD if name.endswith(("csv", "xls"))])
@given(data=st.data())
def test_a_file_with_turned_bytes_ends_in_a_word(name: str, data: st.DataObject) -> None:
    original = bytearray(GOOD[name]())
    for _change in range(data.draw(st.integers(1, 8))):
        original[data.draw(st.integers(0, len(original) - 1))] = data.draw(st.integers(0, 255))
    assert set(ended(bytes(original))) in ({"end"}, {"why"})


TEXT = separated([HEAD, *ROWS])


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8-sig"),
        (TEXT.encode("utf-16"), "utf-16"),
        (TEXT.encode("utf-16-be"), "utf-16-be"),
        (windows_1258(TEXT), "cp1258"),
        (tcvn3(TEXT), "tcvn3"),
        (b"ma ho so,trang thai\n", "utf-8"),
    ],
)
def test_an_encoding_is_told_by_what_it_makes_of_the_titles(data: bytes, encoding: str) -> None:
    assert encoding_of(data) == encoding


def test_windows_1258_comes_out_composed() -> None:
    assert decoded(windows_1258(TEXT), "cp1258") == TEXT


@pytest.mark.parametrize("span", ["999999999999", "-3", "x", "0", ""])
def test_a_cell_cannot_reach_over_the_world(span: str) -> None:
    assert ended(html([HEAD]).replace("<td>", f'<td colspan="{span}" rowspan="{span}">').encode()) == {"end": True}


def test_a_row_far_below_takes_no_room() -> None:
    far = '<Row ss:Index="99999999"><Cell><Data ss:Type="String">x</Data></Cell></Row>'
    assert ended(xml(far).encode()) == {"why": "too_long"}
