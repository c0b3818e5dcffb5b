"""Plain text as HTML."""

from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.web.words import linked, prose

TAGS = re.compile(r"<[^>]*>")


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("Mở https://dichvucong.gov.vn/tra-cuu.", ["https://dichvucong.gov.vn/tra-cuu"]),
        ("tại quầy (dichvucong.gov.vn, VNeID)", ["https://dichvucong.gov.vn"]),
        ("Gọi 0200 000 000 trước khi nộp", ["tel:0200000000"]),
        ("Gọi 115 ngay.", ["tel:115"]),
        ("Call 115 now.", ["tel:115"]),
        ("có 115 hộ dân", []),
        ("Mã 1.001193, công bố 08/04/2026", []),
        ("hồ sơ H48.99.01-261118-0012", []),
        ("số 0200000000123456", []),
        ("viết cho ai@dichvucong.gov.vn", []),
        ("javascript:alert(1) data:text/html,x ftp://x.gov", []),
        ("07:30–11:30, 13:30–17:00", []),
    ],
)
def test_only_addresses_and_phones_become_links(text: str, links: list[str]) -> None:
    html = str(linked(text))
    assert re.findall(r'href="([^"]*)"', html) == links
    assert unescape(TAGS.sub("", html)) == text, "the words stay as they are"


@given(st.text(alphabet=st.sampled_from("<>&\"' -☐\nabcđ:/.0123456789htps gov.vn"), max_size=120))
def test_any_text_stays_text(text: str) -> None:
    html = str(prose(text))
    assert set(re.findall(r"</?([a-z]+)", html)) <= {"p", "ul", "li", "a", "label", "input", "span"}
    assert not re.search(r'href="(?!https?://|tel:)', html)
    words = unescape(TAGS.sub("", html)).replace(" ", "").replace("\n", "")
    expected = "".join(re.sub(r"^(- |☐ )", "", line.strip()) for line in text.split("\n")).replace(" ", "")
    assert words == expected


def test_lines_become_paragraphs_lists_and_papers_to_tick() -> None:
    html = str(prose("Cần mang:\n- một\n- hai\n\n☐ ba\nHết."))
    assert html == (
        "<p>Cần mang:</p><ul><li>một</li><li>hai</li></ul>"
        '<ul class="ticks"><li><label class="tick"><input type="checkbox" autocomplete="off"><span>ba</span></label></li></ul>'
        "<p>Hết.</p>"
    )
