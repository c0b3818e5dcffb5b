"""The words the knowledge itself uses: what a misspelt, glued or key-ridden word is held against.

Built from names, titles, aliases and our own questions; no dictionary from outside. It knows every word without marks, the forms with
marks, and which two words stand beside each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise

from rapidfuzz import process
from rapidfuzz.distance import OSA

from knowledge.text.folding import fold, marked
from knowledge.text.keys import decode
from knowledge.text.syllable import is_folded_syllable, is_syllable, split_tone

_SEPARATOR = "\n"
LONG = 8  # letters from which two slips are forgiven instead of one


@lru_cache(maxsize=1)
def plain_words() -> frozenset[str]:
    """Words without marks that are what they are ("web", "email"), from words/plain.txt."""
    return frozenset(word for line in data_lines("plain.txt") for word in line.split())


def data_lines(name: str) -> list[str]:
    """The lines of a word list beside this module, comments and blank lines left out."""
    text = (files("knowledge.text") / "words" / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


class Lexicon:
    """Words and neighbours of the knowledge. Immutable once made; `dump` and `load` carry it through the pack."""

    def __init__(self, forms: Iterable[str], pairs: Iterable[str]) -> None:
        self._forms = frozenset(forms)
        self._pairs = frozenset(pairs)
        self._toneless = frozenset(split_tone(form)[0] for form in self._forms)
        self._words = frozenset(fold(form) for form in self._forms)
        self._long = sorted(word for word in self._words if len(word) >= 3 and word.isalpha())

    @classmethod
    def of(cls, texts: Iterable[str], questions: Iterable[str] = ()) -> Lexicon:
        """A lexicon of normalised `texts` (believed as they stand) and `questions` (typed by people: a word or pair of theirs counts from
        the third time on, so that their slips do not become words)."""
        forms: set[str] = set()
        pairs: set[str] = set()
        seen: Counter[str] = Counter()
        beside: Counter[str] = Counter()
        for text in texts:
            words = _believable(text)
            forms.update(word for word in words if word)
            pairs.update(f"{a} {b}" for a, b in pairwise(words) if a and b)
        for text in questions:
            words = _believable(text)
            seen.update({word for word in words if word})
            beside.update({f"{a} {b}" for a, b in pairwise(words) if a and b})
        forms.update(word for word, times in seen.items() if times >= 3 and is_syllable(word))
        pairs.update(pair for pair, times in beside.items() if times >= 2)
        return cls(forms, {fold(pair) for pair in pairs})

    def dump(self) -> bytes:
        """The lexicon as UTF-8 text, the same for the same content."""
        return _SEPARATOR.join([*sorted(self._forms), "", *sorted(self._pairs)]).encode()

    @classmethod
    def load(cls, data: bytes) -> Lexicon:
        """The lexicon that `dump` wrote."""
        lines = data.decode().split(_SEPARATOR)
        middle = lines.index("")
        return cls(lines[:middle], lines[middle + 1 :])

    def knows(self, word: str) -> bool:
        """Whether `word` (without marks) is a word of the knowledge."""
        return word in self._words

    def beside(self, left: str, right: str) -> bool:
        """Whether the knowledge puts these two words, without marks, side by side."""
        return f"{left} {right}" in self._pairs

    def decoded(self, word: str) -> str | None:
        """What a word typed in Telex or VNI keys means, or None where it is no such word or is a word as it stands."""
        if word in plain_words() or word in self._words or is_folded_syllable(word):
            return None
        meant = decode(word)
        if meant is None:
            return None
        if meant in self._forms or split_tone(meant)[0] in self._toneless:
            return meant
        # half-typed: the marks are wrong but the letters are a known word ("ddaang" is some "dang")
        bare = fold(meant)
        return bare if marked(meant) and bare in self._words and bare != word else None

    @lru_cache(maxsize=4_000)  # noqa: B019 — one lexicon lives as long as the process
    def respelt(self, word: str) -> tuple[str, ...]:
        """Known words within one slip of an unknown one (two from LONG letters on), the nearest first, at most six; without marks."""
        if len(word) < 3 or not word.isalpha() or word in plain_words():
            return ()
        slips = 2 if len(word) >= LONG else 1
        near = process.extract(word, self._long, scorer=OSA.distance, score_cutoff=slips, limit=6)
        return tuple(
            found for found, distance, _ in sorted(near, key=lambda hit: (hit[1], hit[0][0] != word[0], hit[0]))
        )

    @lru_cache(maxsize=4_000)  # noqa: B019
    def unglued(self, word: str) -> tuple[str, ...]:
        """The two or three known words that were typed as one ("khaisinh" → khai, sinh); empty where there are none."""
        if len(word) < 5 or not word.isalpha():
            return ()
        for at in range(2, len(word) - 1):
            left, right = word[:at], word[at:]
            if left in self._words and right in self._words and f"{left} {right}" in self._pairs:
                return left, right
        for at in range(2, len(word) - 3):
            left = word[:at]
            if left not in self._words:
                continue
            rest = self.unglued(word[at:])
            if rest and f"{left} {rest[0]}" in self._pairs:
                return (left, *rest)
        return ()


def _believable(text: str) -> list[str]:
    """The words of a normalised text in order; what is no word (pauses, numbers, slips that cannot be Vietnamese) leaves an empty place."""
    return [word if word.isalpha() and (is_syllable(word) or len(word) > 1) else "" for word in text.split()]
