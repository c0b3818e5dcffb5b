"""Teencode, office abbreviations and dialect frames, read from the word lists beside this module.

An abbreviation may have several meanings. Context (the next word) chooses where the list says so; otherwise the usual one is taken and the others
go along as alternatives, so that ranking decides and nothing is replaced blindly.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from knowledge.text.folding import fold, marked
from knowledge.text.lexicon import data_lines
from knowledge.text.normalising import normalise


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one abbreviation stands for: the usual words first, the other possibilities, and the next or the last words this meaning needs."""

    words: tuple[str, ...]
    others: tuple[tuple[str, ...], ...] = ()
    before: frozenset[str] = frozenset()
    after: frozenset[str] = frozenset()

    @property
    def anywhere(self) -> bool:
        """Whether it needs no neighbour."""
        return not self.before and not self.after

    def fits(self, previous: str, following: str) -> bool:
        """Whether these neighbours (without marks, "" for none) allow it."""
        return self.anywhere or previous in self.after or following in self.before


@lru_cache(maxsize=1)
def abbreviations() -> dict[str, tuple[Meaning, ...]]:
    """Abbreviation without marks -> its meanings, those that need a neighbour first (words/shorthand.tsv)."""
    found: dict[str, list[Meaning]] = {}
    for line in data_lines("shorthand.tsv"):
        typed, means, *context = (cell.strip() for cell in line.split("\t"))
        first, *others = (tuple(normalise(part).split()) for part in means.split("|"))
        before, after = ([fold(cell).split() for cell in context] + [[], []])[:2]
        found.setdefault(fold(typed), []).append(Meaning(first, tuple(others), frozenset(before), frozenset(after)))
    return {typed: tuple(sorted(rows, key=lambda row: row.anywhere)) for typed, rows in found.items()}


@lru_cache(maxsize=1)
def frames() -> dict[str, tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]]:
    """First word without marks -> (dialect frame, what it means), the longest frame first (words/dialect.tsv)."""
    found: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
    for line in data_lines("dialect.tsv"):
        typed, means = (tuple(normalise(cell).split()) for cell in line.split("\t"))
        found.setdefault(fold(typed[0]), []).append((typed, means))
    return {first: tuple(sorted(rows, key=lambda row: -len(row[0]))) for first, rows in found.items()}


def expand(words: list[str]) -> tuple[list[str], list[tuple[str, ...]], list[str]]:
    """(words with the usual meaning put in, alternatives, what was done as "dk → đăng ký").

    A word with marks other than "đ" is never an abbreviation. Context is the next word as typed and the last word as already read.
    """
    out: list[str] = []
    others: list[tuple[str, ...]] = []
    done: list[str] = []
    for n, word in enumerate(words):
        bare = fold(word)
        meanings = abbreviations().get(bare) if word.replace("đ", "d") == bare else None
        following = fold(words[n + 1]) if n + 1 < len(words) else ""
        previous = fold(out[-1]) if out else ""
        chosen = next((m for m in meanings or () if m.fits(previous, following)), None)
        if chosen is None:
            out.append(word)
            continue
        out.extend(chosen.words)
        others.extend(chosen.others)
        done.append(f"{word} → {' '.join(chosen.words)}")
    return out, others, done


def without_dialect(words: list[str]) -> tuple[list[str], list[str]]:
    """(words with dialect frames said the common way, what was done). A frame of several words is also found when typed without marks."""
    out: list[str] = []
    done: list[str] = []
    at = 0
    while at < len(words):
        for typed, means in frames().get(fold(words[at]), ()):
            here = words[at : at + len(typed)]
            said_already = bool(out) and out[-1] == means[0]  # "bao nhiêu tiền" needs no second "bao"
            if len(here) == len(typed) and _same(here, typed) and not said_already:
                out.extend(means)
                done.append(f"{' '.join(here)} → {' '.join(means)}")
                at += len(typed)
                break
        else:
            out.append(words[at])
            at += 1
    return out, done


def _same(typed: list[str], frame: tuple[str, ...]) -> bool:
    """A single word must be typed exactly so ("mạ" is mother, "ma" is not); longer frames may lack their marks, never carry others."""
    if len(frame) == 1:
        return typed[0] == frame[0]
    return all(a == b or (not marked(a) and a == fold(b)) for a, b in zip(typed, frame, strict=True))
