"""Pages from templates."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

from bot.pages.rendering import Pages, link, sentence, whole


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("https://dichvucong.gov.vn", "https://dichvucong.gov.vn"),
        ("tel:0200000000", "tel:0200000000"),
        ("mailto:xa@example.vn", "mailto:xa@example.vn"),
        ("/mau/", "/mau/"),
        ("//evil.example", "#"),
        ("/\\evil.example", "#"),
        ("javascript:alert(1)", "#"),
        (" javascript:alert(1)", "#"),
        ("data:text/html,x", "#"),
        ("", "#"),
    ],
)
def test_a_link_is_http_phone_mail_or_ours(address: str, safe: str) -> None:
    assert link(address) == safe


def test_hours_phones_and_dates_stay_in_one_piece() -> None:
    html = whole("Gọi 0200 000 000, 07:30–11:30, ngày 24/11/2026 <b>")
    assert html.count('<span class="whole">') == 3
    assert "&lt;b&gt;" in html


def test_values_are_escaped_and_translated_texts_fill_in_escaped(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text('{{ x }}|{{ _("Gọi %(phone)s", phone=x) }}', encoding="utf-8")
    assert Pages([tmp_path]).html("a.html", "vi", x="<i>") == "&lt;i&gt;|Gọi &lt;i&gt;"


def test_a_forgotten_value_is_an_error_and_not_an_empty_place(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("{{ nothing }}", encoding="utf-8")
    with pytest.raises(UndefinedError):
        Pages([tmp_path]).html("a.html", "vi")


def test_a_phrase_begins_with_a_capital_and_markup_stays_markup() -> None:
    assert sentence("đưa xem rồi cầm về") == "Đưa xem rồi cầm về"
    assert isinstance(sentence(Markup("ở <b>quầy</b>")), Markup)
