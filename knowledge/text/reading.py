"""One question, read: from what was typed to words that can be compared, with everything that was done on the way.

Order matters: keys left over are decoded first (they make words), then abbreviations and dialect, then words are unglued or joined, then
spelling, and last the sounds people confuse. What is only probable becomes an alternative beside the words, never a replacement of a known word.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from knowledge.text.aspects import Asked, asked, is_filler, phrases_in
from knowledge.text.concepts import ideas
from knowledge.text.folding import fold, marked
from knowledge.text.lexicon import Lexicon, plain_words
from knowledge.text.normalising import normalise
from knowledge.text.shorthand import expand, without_dialect
from knowledge.text.syllable import is_folded_syllable

PAUSES = (".", ",")
_ONSETS = (
    ("tr", "ch"),
    ("s", "x"),
    ("d", "gi"),
    ("d", "r"),
    ("gi", "r"),
    ("d", "v"),
    ("l", "n"),
    ("qu", "w"),
    ("k", "c"),
    ("ngh", "ng"),
    ("gh", "g"),
)
_CODAS = (("ng", "n"), ("c", "t"), ("nh", "n"), ("ch", "t"))


@dataclass(frozen=True)
class Reading:
    """A question as words.

    `words` in order with marks where they were typed (pauses "," and "." kept), `bare` the same without marks, `others` further word sequences
    that may have been meant (without marks), `done` what was changed, in words. What follows from them is worked out once, when first wanted.
    """

    typed: str
    words: tuple[str, ...]
    bare: tuple[str, ...]
    others: tuple[tuple[str, ...], ...] = ()
    done: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The words without marks and without pauses, as one line."""
        return " ".join(word for word in self.bare if word not in PAUSES)

    @cached_property
    def asked(self) -> tuple[Asked, ...]:
        """What asks for an aspect, phrases and patterns."""
        return asked(self.words, self.bare)

    @cached_property
    def asking(self) -> frozenset[int]:
        """Places of the words that ask for an aspect."""
        return frozenset(n for one in phrases_in(self.words, self.bare) for n in range(one.start, one.end))

    @cached_property
    def ideas(self) -> Mapping[str, float]:
        """The ideas that the words say, each with how plainly."""
        return ideas(self.words, self.bare)

    @cached_property
    def own(self) -> tuple[str, ...]:
        """The words without marks that say what is needed: no asking phrases, no courtesy, no pauses."""
        said = enumerate(zip(self.words, self.bare, strict=True))
        return tuple(
            bare for n, (word, bare) in said if n not in self.asking and word not in PAUSES and not is_filler(word)
        )


def read(text: str, lexicon: Lexicon) -> Reading:
    """Read what a citizen typed. Never raises; an empty or unreadable text gives no words."""
    typed = normalise(text)
    done: list[str] = []
    words: list[str] = []
    for word in typed.split():
        meant = None if marked(word) else lexicon.decoded(word)
        if meant:
            done.append(f"{word} → {meant}")
        words.append(meant or word)
    words, alternatives, expanded = expand(words)
    words, localised = without_dialect(words)
    others = [tuple(map(fold, other)) for other in alternatives]
    done += expanded + localised
    words = _mended(words, lexicon, done)
    bare = [fold(word) for word in words]
    others += _confused(bare, lexicon)
    return Reading(typed, tuple(words), tuple(bare), tuple(others), tuple(done))


def _mended(words: list[str], lexicon: Lexicon, done: list[str]) -> list[str]:
    """Glued, split and misspelt words put right, only where the word as typed is unknown to the knowledge."""
    out: list[str] = []
    at = 0
    while at < len(words):
        word, bare = words[at], fold(words[at])
        following = fold(words[at + 1]) if at + 1 < len(words) else ""
        if _settled(bare, lexicon):
            # "khai si nh": a known word followed by two scraps is left alone, two scraps that make a word are joined
            out.append(word)
            at += 1
            continue
        joined = bare + following
        if following.isalpha() and not lexicon.knows(following) and lexicon.knows(joined):
            out.append(joined)
            done.append(f"{word} {words[at + 1]} → {joined}")
            at += 2
            continue
        split = lexicon.unglued(bare)
        if split:
            out.extend(split)
            done.append(f"{word} → {' '.join(split)}")
        else:
            before = fold(out[-1]) if out else ""
            near = _likeliest(lexicon.respelt(bare), before, following, lexicon, syllable=is_folded_syllable(bare))
            out.append(near or word)
            if near:
                done.append(f"{word} → {near}")
        at += 1
    return out


def _settled(bare: str, lexicon: Lexicon) -> bool:
    return not bare.isalpha() or len(bare) < 3 or lexicon.knows(bare) or bare in plain_words()


def _likeliest(near: tuple[str, ...], before: str, after: str, lexicon: Lexicon, *, syllable: bool) -> str:
    """The respelling that fits its neighbours; with none that fits, the nearest, unless the word is a real syllable (a name, perhaps)."""
    fitting = [
        word for word in near if (before and lexicon.beside(before, word)) or (after and lexicon.beside(word, after))
    ]
    if fitting:
        return fitting[0]
    return near[0] if near and not syllable else ""


def _confused(bare: list[str], lexicon: Lexicon) -> list[tuple[str, ...]]:
    """Pairs that the knowledge knows, where what was typed only sounds like one of them ("tam chu" → tam tru)."""
    found: list[tuple[str, ...]] = []
    for n, word in enumerate(bare):
        if len(word) < 2 or not word.isalpha():
            continue
        before = bare[n - 1] if n else ""
        after = bare[n + 1] if n + 1 < len(bare) else ""
        if (before and lexicon.beside(before, word)) or (after and lexicon.beside(word, after)):
            continue
        for sound in _sounds(word):
            if not lexicon.knows(sound):
                continue
            if before and lexicon.beside(before, sound):
                found.append((before, sound))
            if after and lexicon.beside(sound, after):
                found.append((sound, after))
    return found[:12]


def _sounds(word: str) -> list[str]:
    """Words that sound like `word` (without marks) somewhere in the country: s/x, tr/ch, d/gi/r/v, l/n, -n/-ng, -c/-t."""
    found: list[str] = []
    for pair in _ONSETS:
        for one, other in (pair, pair[::-1]):
            if word.startswith(one) and not (one in ("t", "c", "n", "g") and word.startswith(one + "h")):
                found.append(other + word[len(one) :])
    heads = [word, *found]
    for head in heads:
        for pair in _CODAS:
            for one, other in (pair, pair[::-1]):
                if head.endswith(one) and len(head) > len(one) + 1:
                    found.append(head[: -len(one)] + other)
    return [sound for sound in dict.fromkeys(found) if sound != word and is_folded_syllable(sound)]
