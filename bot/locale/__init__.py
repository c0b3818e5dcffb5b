"""The Babel catalogues: Vietnamese is the source language, English is complete. Compiled in memory, so there is no build step to forget."""

from __future__ import annotations

import gettext
import io
from functools import cache
from pathlib import Path

from handlers.language import install

FOLDER = Path(__file__).parent


@cache
def catalogue(language: str) -> gettext.GNUTranslations:
    """The compiled catalogue of one language. Raises FileNotFoundError when there is none."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with (FOLDER / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        messages = read_po(file, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def languages() -> list[str]:
    """The languages that have a catalogue."""
    return sorted(path.parent.parent.name for path in FOLDER.glob("*/LC_MESSAGES/messages.po"))


def speak() -> None:
    """Make all catalogues spoken (`handlers.language.install`)."""
    install({language: catalogue(language) for language in languages()})
