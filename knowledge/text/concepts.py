"""Ideas behind words: "dẹp tiệm", "nghỉ bán" and "chấm dứt" all say that something stops (words/concepts.tsv).

An idea lets a question meet a procedure whose own texts never used that word. It is one more feature, never a replacement.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from knowledge.text.folding import fold
from knowledge.text.lexicon import data_lines
from knowledge.text.normalising import normalise

Row = tuple[tuple[str, ...], tuple[str, ...], str]  # the words, the same without marks, the idea

_AGE = re.compile(r"\b(\d{1,3}) (?:tuoi|t)\b")
_NO_MORE = re.compile(r"\b(?:khong|thoi|bo|het) (?:\w+ ){1,5}(?:nua|luon)\b")
# The ages at which a right or a duty begins, so that 82 and 85 say the same (docs/knowledge.md).
_BANDS = (
    (6, "age0"),
    (16, "age6"),
    (25, "age16"),
    (60, "age25"),
    (75, "age60"),
    (80, "age75"),
    (100, "age80"),
    (131, "age100"),
)


@lru_cache(maxsize=1)
def _rows() -> dict[str, tuple[Row, ...]]:
    """First word without marks -> the phrases that begin so, the longest first."""
    found: dict[str, list[Row]] = {}
    for line in data_lines("concepts.tsv"):
        idea, phrases = line.split("\t")
        for phrase in phrases.split("|"):
            words = tuple(normalise(phrase).split())
            bare = tuple(map(fold, words))
            found.setdefault(bare[0], []).append((words, bare, idea))
    return {first: tuple(sorted(rows, key=lambda row: (-len(row[0]), row[2]))) for first, rows in found.items()}


def ideas(words: Sequence[str], bare: Sequence[str]) -> dict[str, float]:
    """Ideas that a question's words say, each with how plainly: 1.0 for a phrase or a word with its marks, 0.5 for a lone word typed without them."""
    found: dict[str, float] = {}
    rows, bare = _rows(), tuple(bare)
    for at, first in enumerate(bare):
        for typed, plain, idea in rows.get(first, ()):
            size = len(plain)
            if size > 1 and bare[at : at + size] != plain:
                continue
            here = words[at : at + size]
            if any(one not in (word, bare_word) for one, word, bare_word in zip(here, typed, plain, strict=True)):
                continue
            sure = size > 1 or here[0] == typed[0]
            found[idea] = max(found.get(idea, 0.0), 1.0 if sure else 0.5)
    line = " ".join(bare)
    if _NO_MORE.search(line):
        found["stop"] = 1.0
    for age in _AGE.findall(line):
        band = next((name for limit, name in _BANDS if int(age) < limit), None)
        if band:
            found[band] = 1.0
    return found
