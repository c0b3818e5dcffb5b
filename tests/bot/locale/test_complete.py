"""The check of the catalogues finds what a translator or a programmer forgot."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.locale.complete import faults, main, texts

WANTED = {"Gọi {phone}.", "Quầy {n}, ", "Mã %(code)s", "hoặc gọi %s"}
WHOLE = {
    "Gọi {phone}.": "Call {phone}.",
    "Quầy {n}, ": "Desk {n}, ",
    "Mã %(code)s": "Code %(code)s",
    "hoặc gọi %s": "or call %s",
}


def catalogue(folder: Path, entries: dict[str, str], tail: str = "", flag: str = "") -> Path:
    """A catalogue of English with these entries, each under the comment `flag`; `tail` is added as it is."""
    path = folder / "en" / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True)
    lines = [f'{flag}\nmsgid "{text}"\nmsgstr "{said}"\n' for text, said in entries.items()]
    path.write_text("\n".join([*lines, tail]), encoding="utf-8")
    return folder


def test_a_whole_catalogue_has_no_fault(tmp_path: Path) -> None:
    assert list(faults("en", WANTED, catalogue(tmp_path, WHOLE))) == []


@pytest.mark.parametrize(
    ("text", "said", "fault"),
    [
        ("Gọi {phone}.", "", "empty: 'Gọi {phone}.'"),
        ("Gọi {phone}.", "Call us.", "placeholders differ: 'Gọi {phone}.'"),
        ("Gọi {phone}.", "Call {telephone}.", "placeholders differ: 'Gọi {phone}.'"),
        ("Mã %(code)s", "Code %(number)s", "placeholders differ: 'Mã %(code)s'"),
        ("Mã %(code)s", "Code {code}", "placeholders differ: 'Mã %(code)s'"),
        ("hoặc gọi %s", "or call", "placeholders differ: 'hoặc gọi %s'"),
        ("Quầy {n}, ", "Desk {n},", "spaces at an end differ: 'Quầy {n}, '"),
    ],
)
def test_a_planted_fault_is_told_with_its_text(text: str, said: str, fault: str, tmp_path: Path) -> None:
    found = list(faults("en", WANTED, catalogue(tmp_path, {**WHOLE, text: said})))
    assert len(found) == 1
    assert found[0].startswith(f"en: {fault}")


def test_a_text_that_nobody_translated_is_missing(tmp_path: Path) -> None:
    found = list(faults("en", {*WANTED, "Thôi"}, catalogue(tmp_path, WHOLE)))
    assert found == ["en: not translated: 'Thôi'"]


@pytest.mark.parametrize("tail", ['msgid "Cũ"\nmsgstr "Old"\n', '#~ msgid "Cũ"\n#~ msgstr "Old"\n'])
def test_a_text_that_is_no_longer_said_is_left_over(tail: str, tmp_path: Path) -> None:
    assert list(faults("en", WANTED, catalogue(tmp_path, WHOLE, tail))) == ["en: no longer used: 'Cũ'"]


def test_a_doubtful_translation_counts_as_none(tmp_path: Path) -> None:
    found = list(faults("en", {"Thôi"}, catalogue(tmp_path, {"Thôi": "Cancel"}, flag="#, fuzzy")))
    assert found == ["en: doubtful: 'Thôi'"]


def test_a_language_without_a_catalogue_is_a_fault_with_its_cure(tmp_path: Path) -> None:
    found = list(faults("en", WANTED, tmp_path))
    assert len(found) == 1
    assert "make locale" in found[0]


def test_texts_are_collected_from_code_and_from_pages(tmp_path: Path) -> None:
    (tmp_path / "babel.cfg").write_text("[python: handlers/**.py]\n[jinja2: bot/**.html]\n", encoding="utf-8")
    for folder in ("bot", "handlers", "knowledge"):
        (tmp_path / folder).mkdir()
    (tmp_path / "handlers" / "greet.py").write_text('said = _("Chào")\nquiet = "không"\n', encoding="utf-8")
    (tmp_path / "bot" / "page.html").write_text('<p>{{ _("Mã %(code)s", code=1) }}</p>', encoding="utf-8")
    assert texts(tmp_path) == {"Chào", "Mã %(code)s"}


def test_the_shipped_catalogue_is_complete(capsys: pytest.CaptureFixture[str]) -> None:
    broken = main()
    assert not broken, capsys.readouterr().out


def test_the_sources_were_really_read() -> None:
    found = texts()
    assert len(found) > 200
    # One of each place: a handler, a card, a procedure, the finder's question, a page of the web.
    assert {"Hỏi thủ tục", "Cần mang:", "tại quầy", "Anh/chị cần việc nào?", "Tất cả thủ tục"} <= found
