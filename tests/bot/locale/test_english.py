"""The English interface as it is shipped: in English, within its limits, and everything that is shown goes through it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from bot.locale import FOLDER
from handlers.dialogue import Dialogue
from knowledge.text.folding import fold

ROOT = FOLDER.parent.parent
SHOWN = [
    *(ROOT / "handlers").glob("*.py"),
    *(ROOT / "bot" / "channels").rglob("*.py"),
    *(ROOT / "bot" / "pages").glob("*.py"),
]
PAGES = sorted((ROOT / "bot").rglob("*.html"))
# Vietnamese names that an English reader must say at the desk, with their English beside them.
NAMES = ("Ban Chỉ huy Quân sự xã (commune military command)", "Công an xã (commune police)", "Tiếng Việt: /vi")
# Vietnamese that is not said through the catalogue: why.
APART = {"Tiếng Việt": "a language's own name"}
MODULES_APART = {
    "bot/channels/telegram/failures.py": "read by the operator",
    "handlers/opening.py": "the names of the days stand there in both languages",
}
BUTTON = 20  # characters, the shortest limit of all channels (docs/voice.md)


def pairs() -> dict[str, str]:
    """Every Vietnamese text with its English."""
    with (FOLDER / "en" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return {str(m.id): str(m.string) for m in read_po(file, locale="en") if m.id}


def vietnamese(text: str) -> bool:
    """Whether a text has letters that only Vietnamese writes."""
    return fold(text) != text


def test_no_english_text_is_vietnamese() -> None:
    found = {}
    for text, said in pairs().items():
        rest = said
        for name in NAMES:
            rest = rest.replace(name, "")
        if vietnamese(rest):
            found[text] = said
    assert found == {}


def test_the_names_that_may_stay_are_really_said() -> None:
    said = "\n".join(pairs().values())
    assert [name for name in NAMES if name not in said] == []


def buttons() -> Iterator[str]:
    """The title of every button that is made with a literal title: Button(_("…"), …)."""
    for path in SHOWN:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Button" and node.args:
                title = node.args[0]
                if isinstance(title, ast.Call) and isinstance(title.args[0], ast.Constant):
                    yield str(title.args[0].value)


def test_a_button_fits_in_english() -> None:
    titles = set(buttons())
    assert len(titles) > 15
    english = pairs()
    assert {title: english[title] for title in titles if len(english[title]) > BUTTON} == {}


def literals(path: Path) -> Iterator[tuple[int, str]]:
    """The Vietnamese texts of a module that are not given to the catalogue: line and text. Docstrings and patterns are not said."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skip: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in ("_", "gettext", "compile", "fullmatch", "search"):
                skip.update(child for argument in node.args for child in ast.walk(argument))
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skip.add(node.value)
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) and node not in skip else ""
        if isinstance(text, str) and vietnamese(text) and text not in APART:
            yield node.lineno, text


def test_the_modules_that_speak_are_found() -> None:
    names = {path.relative_to(ROOT).as_posix() for path in SHOWN}
    assert {
        "handlers/ask.py",
        "bot/channels/web/chat.py",
        "bot/channels/telegram/commands.py",
        "bot/pages/opening.py",
    } <= names
    assert [name for name in MODULES_APART if not list(literals(ROOT / name))] == [], "no longer needs to stand apart"
    assert len(PAGES) >= 10


@pytest.mark.parametrize("path", SHOWN, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_whatever_is_said_goes_through_the_catalogue(path: Path) -> None:
    if path.relative_to(ROOT).as_posix() not in MODULES_APART:
        assert list(literals(path)) == []


def test_a_planted_literal_is_found(tmp_path: Path) -> None:
    path = tmp_path / "planted.py"
    path.write_text('"""Chào."""\nquiet = _("Đã ghi.")\nsaid = "Chào bà con"\n', encoding="utf-8")
    assert list(literals(path)) == [(3, "Chào bà con")]


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.name)
def test_whatever_a_page_shows_goes_through_the_catalogue(path: Path) -> None:
    left = re.sub(r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not vietnamese(left), [line for line in left.splitlines() if vietnamese(line)]


# Words that an English text tells people to type.
TYPED = [
    ("talk to an officer", "Call "),
    ("all papers", "All papers"),
    ("menu", "You need:"),
    ("/dulieu", "Kept: "),
    ("/xoa", "Erase the messages"),
    ("/vi", "tiếng Việt"),
]


@pytest.mark.parametrize(("typed", "stands"), TYPED)
def test_what_english_tells_people_to_type_is_understood(typed: str, stands: str, dialogue: Dialogue) -> None:
    assert any(typed in said for said in pairs().values())
    dialogue.text("/en")
    dialogue.say(button="p1.1.000894.card.khac")
    assert stands in dialogue.text(typed)
