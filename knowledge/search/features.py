"""What of a question is compared: words, neighbours, words with their marks, and pieces of words.

A feature is a short text with a kind before it: "w" a word without marks, "b" two neighbours, "m" a word as it was marked, "c" three
letters of a word, "k" an idea (`knowledge/text/concepts.py`), "p" two ideas together. Words that only ask for an aspect count for less.
"""

from __future__ import annotations

from functools import lru_cache

from knowledge.text.reading import PAUSES, Reading

ASKING = 0.35  # how much a word inside an aspect phrase still says
OTHER = 0.5  # how much a merely possible word says


@lru_cache(maxsize=20_000)
def pieces(word: str) -> tuple[str, ...]:
    """The three-letter pieces of a word with its ends marked: what survives a slip of the finger."""
    whole = f"^{word}$"
    return tuple(f"c{whole[at : at + 3]}" for at in range(max(1, len(whole) - 2)))


def features(reading: Reading) -> dict[str, float]:
    """The features of a question with how often they count (1.0 = once, plainly said)."""
    counts: dict[str, float] = {}

    def add(feature: str, weight: float) -> None:
        if weight > counts.get(feature, 0.0):
            counts[feature] = weight

    before = ""
    weight_before = 0.0
    for n, (word, bare) in enumerate(zip(reading.words, reading.bare, strict=True)):
        if word in PAUSES:
            before = ""
            continue
        weight = ASKING if n in reading.asking else 1.0
        add(f"w{bare}", weight)
        if word != bare:
            add(f"m{word}", weight)
        if before:
            add(f"b{before} {bare}", min(weight, weight_before))
        if len(bare) > 1:
            for piece in pieces(bare):
                add(piece, weight)
        before, weight_before = bare, weight
    said = sorted(reading.ideas.items())
    for n, (idea, weight) in enumerate(said):
        add(f"k{idea}", weight)
        for other_idea, other_weight in said[n + 1 :]:
            add(f"p{idea} {other_idea}", min(weight, other_weight))
    for other in reading.others:
        for left, right in zip(("", *other), other, strict=False):
            add(f"w{right}", OTHER)
            if left:
                add(f"b{left} {right}", OTHER)
    return counts
