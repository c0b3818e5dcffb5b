"""Which part of a procedure a question asks about: papers, fee, time, place … told by people's own phrases (words/aspects.toml).

The phrases are set aside before procedures are compared: "mất mấy ngày" says nothing of which paper is needed.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from knowledge.text.folding import fold
from knowledge.text.lexicon import data_lines
from knowledge.text.normalising import normalise


@dataclass(frozen=True, slots=True)
class Asked:
    """One phrase that asks for an aspect: words [start, end) of the question. A pattern with a gap takes no words: start and end are 0."""

    aspect: str
    start: int
    end: int
    certain: bool = False


Phrase = tuple[tuple[str, ...], tuple[str, ...], str, int]  # words, the same without marks, aspect, rank of the aspect


@lru_cache(maxsize=1)
def _rows() -> list[dict[str, Any]]:
    text = (files("knowledge.text") / "words" / "aspects.toml").read_text(encoding="utf-8")
    rows: list[dict[str, Any]] = tomllib.loads(text)["aspect"]
    return rows


@lru_cache(maxsize=1)
def _phrases() -> dict[str, tuple[Phrase, ...]]:
    """First word without marks -> phrases that begin so, the longest first, then in the order of the file."""
    found: dict[str, list[Phrase]] = {}
    for rank, row in enumerate(_rows()):
        for phrase in row["phrases"]:
            words = tuple(normalise(phrase).split())
            bare = tuple(map(fold, words))
            found.setdefault(bare[0], []).append((words, bare, row["key"], rank))
    return {first: tuple(sorted(rows, key=lambda row: (-len(row[0]), row[3]))) for first, rows in found.items()}


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[str, bool, re.Pattern[str]], ...]:
    """(aspect, certain, pattern), the certain ones first."""
    rows = [
        (row["key"], sure, re.compile(p))
        for sure in (True, False)
        for row in _rows()
        for p in row.get("certain" if sure else "likely", ())
    ]
    return tuple(rows)


@lru_cache(maxsize=1)
def _fillers() -> frozenset[str]:
    """Words that alone say nothing of what is needed, as typed with marks and, where they cannot be another word, without (words/filler.txt)."""
    lines = data_lines("filler.txt")
    words = {word for line in lines if line[0] != "!" for word in normalise(line).split()}
    doubtful = {word for line in lines if line[0] == "!" for word in line[1:].split()}
    return frozenset(words | ({fold(word) for word in words} - doubtful))


def is_filler(word: str) -> bool:
    """Whether a word, as it was typed, is one of courtesy, asking or telling."""
    return word in _fillers()


def asked(words: Sequence[str], bare: tuple[str, ...] | None = None) -> tuple[Asked, ...]:
    """Every aspect phrase in `words` (normalised, with marks where typed), left to right, never overlapping; the longest wins.

    `bare` are the same words without marks, where the caller has them already.
    """
    bare = tuple(map(fold, words)) if bare is None else bare
    found = phrases_in(words, bare)
    line = " ".join(word for word in bare if word not in ".,")
    for aspect, certain, pattern in _patterns():
        if (certain or not found) and pattern.search(line):
            return (*found, Asked(aspect, 0, 0, certain))
    return found


def phrases_in(words: Sequence[str], bare: tuple[str, ...]) -> tuple[Asked, ...]:
    """What of `asked` takes words: the phrases without the patterns, which cost more to look for."""
    phrases = _phrases()
    found: list[Asked] = []
    at = 0
    while at < len(bare):
        rows = phrases.get(bare[at])
        hit = next((row for row in rows if _here(row, words, bare, at)), None) if rows else None
        if hit:
            found.append(Asked(hit[2], at, at + len(hit[0])))
            at += len(hit[0])
        else:
            at += 1
    return tuple(found)


def _here(phrase: Phrase, words: Sequence[str], bare: tuple[str, ...], at: int) -> bool:
    """Whether the phrase stands at `at`. A typed mark that differs is another word ("giá", "già"); a missing one is none."""
    plain = phrase[1]
    end = at + len(plain)
    if bare[at:end] != plain:
        return False
    return all(typed in (word, without) for typed, word, without in zip(words[at:end], *phrase[:2], strict=True))


def main_aspect(found: Sequence[Asked]) -> str | None:
    """The aspect a question is about: a certain pattern, else the longest phrase (the earlier in trust where two are as long), else a likely pattern."""
    if not found:
        return None
    return min(found, key=lambda one: (not one.certain, -(one.end - one.start), _trust()[one.aspect], one.start)).aspect


@lru_cache(maxsize=1)
def _trust() -> dict[str, int]:
    """Aspect -> its place in the file."""
    return {row["key"]: rank for rank, row in enumerate(_rows())}


def without(words: Sequence[str], found: Sequence[Asked]) -> list[str]:
    """`words` with the asking phrases taken out."""
    covered = {n for one in found for n in range(one.start, one.end)}
    return [word for n, word in enumerate(words) if n not in covered]
