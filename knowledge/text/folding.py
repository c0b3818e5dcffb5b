"""Text without diacritics: the form in which a question typed without marks and one typed with them meet.

One `str.translate` table of our own. Unicode decomposition alone is not enough: it keeps "đ" (U+0111) and the look-alike "Ð" (U+00D0)
that some keyboards and scanned lists hold.
"""

from __future__ import annotations

from functools import lru_cache

_LETTERS = {
    "a": "àáảãạăằắẳẵặâầấẩẫậäåā",
    "d": "đð",
    "e": "èéẻẽẹêềếểễệëē",
    "i": "ìíỉĩịïī",
    "o": "òóỏõọôồốổỗộơờớởỡợöō",
    "u": "ùúủũụưừứửữựüū",
    "y": "ỳýỷỹỵÿ",
}
_MARKS = "\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323"  # as an NFD text holds them

LONGEST_WORD = 8  # letters of a word that is remembered; whole texts are not kept
_TABLE: dict[int, str | None] = {ord(mark): None for mark in _MARKS}
for _plain, _marked in _LETTERS.items():
    for _letter in _marked:
        _TABLE[ord(_letter)] = _plain
        _TABLE[ord(_letter.upper()[0])] = _plain.upper()
_TABLE[ord("ÿ")] = "y"
_TABLE[ord("\u00d0")] = "D"


def fold(text: str) -> str:
    """`text` with every Vietnamese diacritic taken off, "đ" and "Ð" included; case and everything else stay."""
    if text.isascii():
        return text
    return _word(text) if len(text) <= LONGEST_WORD else text.translate(_TABLE)


@lru_cache(maxsize=8_000)
def _word(word: str) -> str:
    """One word, remembered: a question's words are asked for many times."""
    return word.translate(_TABLE)


def marked(word: str) -> bool:
    """Whether `word` carries any Vietnamese diacritic. Typed marks are evidence; their lack is not."""
    return fold(word) != word
