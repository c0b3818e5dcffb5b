"""Is every text translated? Run by `make lint`: python -m bot.locale.complete

Collects the texts anew from the sources (babel.cfg says where) and holds every catalogue against them: nothing missing, nothing left over, no
broken placeholder, no lost space at an end. Exits 1 and says what to do when something is to mend.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from bot.locale import FOLDER, languages

ROOT = FOLDER.parent.parent
REQUIRED = ("en",)  # a language of the interface: without its catalogue nothing is complete
SOURCES = ("bot", "handlers", "knowledge")
PLACEHOLDER = re.compile(r"\{[^{}]*\}|%(?:\(\w+\))?[sd]")
ENDS = re.compile(r"^(\s*).*?(\s*)$", re.DOTALL)


def texts(root: Path = ROOT) -> set[str]:
    """Every text of the sources under `root` that is marked for translation."""
    from babel.messages.extract import extract_from_dir
    from babel.messages.frontend import parse_mapping_cfg

    with (root / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    keywords = {"_": None, "gettext": None, "ngettext": (1, 2)}
    found: set[str] = set()
    for folder in SOURCES:
        mapping = [
            (pattern.removeprefix(f"{folder}/"), method)
            for pattern, method in methods
            if pattern.startswith(f"{folder}/")
        ]
        local = {pattern.removeprefix(f"{folder}/"): option for pattern, option in options.items()}
        for _file, _line, message, _comments, _context in extract_from_dir(root / folder, mapping, local, keywords):
            found.update(message if isinstance(message, tuple) else [message])
    return {text for text in found if text}


def faults(language: str, wanted: set[str], folder: Path = FOLDER) -> Iterator[str]:
    """What is wrong with the catalogue of `language` under `folder`, one line each; `wanted` are the texts it must translate."""
    from babel.messages.pofile import read_po

    path = folder / language / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        yield f"{language}: no catalogue: run make locale, then fill {path.relative_to(folder.parent).as_posix()}"
        return
    with path.open("rb") as file:
        catalogue = read_po(file, locale=language)
    have: dict[str, tuple[tuple[str, ...], bool]] = {}
    for message in catalogue:
        if message.id:
            ids = message.id if isinstance(message.id, (tuple, list)) else (message.id,)
            strings = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
            have.update(dict.fromkeys(ids, (tuple(s or "" for s in strings), message.fuzzy)))
    left = {str(key if isinstance(key, str) else key[0]) for key in catalogue.obsolete}
    yield from (f"{language}: not translated: {text!r}" for text in sorted(wanted - set(have)))
    yield from (f"{language}: no longer used: {text!r}" for text in sorted((set(have) - wanted) | left))
    for text, (strings, fuzzy) in have.items():
        if text not in wanted:
            continue
        if fuzzy or not all(strings):
            yield f"{language}: {'doubtful' if fuzzy else 'empty'}: {text!r}"
        for string in filter(None, strings):
            if set(PLACEHOLDER.findall(string)) != set(PLACEHOLDER.findall(text)):
                yield f"{language}: placeholders differ: {text!r} -> {string!r}"
            if _ends(string) != _ends(text):
                yield f"{language}: spaces at an end differ: {text!r} -> {string!r}"


def _ends(text: str) -> tuple[str, ...]:
    # A piece like "Quầy {n}, " is joined to the next one: a space lost there glues two words together.
    match = ENDS.match(text)
    return match.groups() if match else ()


def main() -> int:
    """Print every fault; 0 when there is none."""
    wanted = texts()
    found = [fault for language in sorted({*REQUIRED, *languages()}) for fault in faults(language, wanted)]
    sys.stdout.write(
        "\n".join([*found, f"{len(wanted)} texts, {len(found)} to mend (make locale collects new ones)", ""])
    )
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
