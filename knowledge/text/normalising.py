"""One spelling of what was typed: NFC, lower case, single spaces, no emoji, tone marks in one place.

`normalise` keeps digits, letters and the few signs that hold a word or a number together; sentence ends become " . " so that two needs can be told
apart; everything else is a space. It never raises and doing it twice changes nothing.
"""

from __future__ import annotations

import re
import unicodedata

from knowledge.text.folding import fold
from knowledge.text.syllable import canonical

LONGEST = 2_000  # characters of a question that are read; a longer text says nothing more about what is needed

_ENDS = re.compile(r"[.!?;…\n\r]+(?=\s|$)|[?;…\n\r]+")
_WORD = re.compile(r"[^\W_]+|,")
_NUMBER = re.compile(r"\d[\d.,/]*\d")
_DOUBLED = re.compile(r"([^\W\d_])\1{2,}")


def _letters(text: str) -> str:
    """NFKC and lower case until nothing changes: a few letters need two rounds (İ becomes i and a dot)."""
    for _ in range(3):
        lowered = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).lower())
        if lowered == text:
            break
        text = lowered
    return "".join(letter for letter in text if not unicodedata.combining(letter))


def normalise(text: str) -> str:
    """`text` as one line: words and numbers parted by single spaces, "," and " . " kept as pauses. At most LONGEST characters are read."""
    line = _ENDS.sub(" . ", _letters(text[:LONGEST]).replace("\u00f0", "đ").replace("_", " "))
    line = _DOUBLED.sub(r"\1", line)
    words: list[str] = []
    for chunk in line.split():
        if chunk == ".":
            if words and words[-1] != ".":
                words.append(".")
            continue
        words.extend(canonical(part) for part in _parts(chunk))
    while words and words[-1] in (".", ","):
        words.pop()
    return " ".join(words)


def _parts(chunk: str) -> list[str]:
    """The words of one run of characters: "hồ-sơ" → hồ, sơ; "1.001193" and "26/11" stay whole; a comma stands alone."""
    whole = chunk.strip(".,/%-:()[]\"'")
    if _NUMBER.fullmatch(whole):
        return [whole, ","] if chunk.endswith(",") else [whole]
    return _WORD.findall(chunk)


def words_of(text: str) -> list[str]:
    """The words of `text` after normalising, pauses left out."""
    return [word for word in normalise(text).split() if word not in (".", ",")]


def folded(text: str) -> str:
    """`normalise` and then without marks: what two spellings of one phrase share."""
    return fold(normalise(text))
