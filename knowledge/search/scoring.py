"""The packed index at run time: what a question's features say for every class, added up.

A weight is a whole number of UNITs, so that a feature that speaks for many classes can be kept as one large whole number with a lane of LANE bits a class:
times what the question says of it, plus the next, adds up all classes at once. That is several times faster than a loop in Python, and needs nothing
but Python. Few features are such, most of a question's are; those used last are kept. Features of few classes are added up one class at a time.
"""

from __future__ import annotations

import math
import sys
from array import array
from collections.abc import Mapping, Sequence
from functools import lru_cache

UNIT = 1 / 2048  # what a weight is counted in
GREATEST = 2**15 - 1  # units that two bytes hold: a weight of 16, four times what counting and learning have ever said
LANE = 32  # bits a class has in a wide row; a score has 31 and a sign, and is scaled so that no sum leaves them
WIDE = 24  # classes from which a feature is kept as one number
KEPT = 5_000_000  # bytes of such numbers that are kept
MOST = 160  # classes a feature may speak for: what speaks for everything tells nothing, and cost must not grow with the catalogue
MOST_OF_PIECE = 40  # the same for three letters of a word, of which a question has many


class Index:
    """Features, classes and weights. Immutable and safe to share between threads; `score` reads only what the question's features point to."""

    def __init__(self, blobs: Mapping[str, bytes]) -> None:
        self.names: tuple[str, ...] = tuple(blobs["classes"].decode().split("\n"))
        self.number = {name: n for n, name in enumerate(self.names)}
        self._order = blobs["features"].decode().split("\n")
        self._rarity = array("f", blobs["rarity"])
        self._rarest = max(self._rarity, default=1.0)
        self._ends = array("I", (0, *array("I", blobs["ends"])))
        self._bias = array("f", blobs["bias"]).tolist()
        self._about = array("H", blobs["about"])
        self._weight = array("h", blobs["weight"])
        self._row = {feature: n for n, feature in enumerate(self._order)}
        self._greatest = max(map(abs, self._weight), default=1)
        self._middle = 1 << (
            LANE - 1
        )  # a lane holds what is counted from here, so that nothing is borrowed from the next
        self._level = int.from_bytes((array("I", (self._middle,)) * len(self.names)).tobytes(), sys.byteorder)
        self._wide = lru_cache(maxsize=max(64, KEPT // (len(self.names) * LANE // 8)))(self._as_one)

    def vector(self, count: Mapping[str, float]) -> dict[int, float]:
        """A question as a vector of length 1, feature row -> weight; empty where the knowledge has none of its features."""
        rows, rarity = self._row, self._rarity
        found = {row: n * rarity[row] for f, n in count.items() if (row := rows.get(f)) is not None}
        length = math.sqrt(sum(w * w for w in found.values()))
        return {row: w / length for row, w in found.items()} if length else {}

    def score(self, vector: Mapping[int, float]) -> list[float]:
        """How much each class is spoken for, in the order of `names`."""
        scores = self._bias.copy()
        if not vector:
            return scores
        ends, about, weights = self._ends, self._about, self._weight
        # What is said, in whole numbers as large as the lanes allow, whatever the signs of the weights.
        scale = (self._middle - 1) / (sum(vector.values()) * self._greatest)
        total = self._level
        for row, said in vector.items():
            start, end = ends[row], ends[row + 1]
            if end - start >= WIDE:
                total += int(said * scale) * self._wide(row)
            else:
                much = said * UNIT
                for n, weight in zip(about[start:end], weights[start:end], strict=True):
                    scores[n] += much * weight
        # Counted from the middle, a lane's first bit is 1 where nothing is to be taken away; turned round, it is the sign of what it holds.
        lanes = array("i", (total ^ self._level).to_bytes(len(self.names) * LANE // 8, sys.byteorder))
        unit = UNIT / scale
        return [score + lane * unit for score, lane in zip(scores, lanes, strict=True)]

    def _as_one(self, row: int) -> int:
        """A feature's weights as one number, a lane a class; below zero where they mostly are."""
        lanes = array("I", (self._middle,)) * len(self.names)
        start, end = self._ends[row], self._ends[row + 1]
        for n, weight in zip(self._about[start:end], self._weight[start:end], strict=True):
            lanes[n] += weight
        return int.from_bytes(lanes.tobytes(), sys.byteorder) - self._level

    def _of(self, row: int, number: int) -> int | None:
        """The weight of a feature for class `number`; None where it does not speak of it."""
        start, end = self._ends[row], self._ends[row + 1]
        try:
            return self._weight[self._about.index(number, start, end)]
        except ValueError:
            return None

    def reasons(self, vector: Mapping[int, float], number: int, most: int = 4) -> tuple[str, ...]:
        """The words that spoke loudest for class `number`, for people."""
        loud: list[tuple[float, str]] = []
        for row, said in vector.items():
            feature = self._order[row]
            if feature[0] != "c" and (weight := self._of(row, number)) is not None:
                loud.append((said * weight, feature[1:]))
        return tuple(dict.fromkeys(word for _, word in sorted(loud, reverse=True)))[:most]

    def support(self, words: Sequence[str], number: int) -> float:
        """Share of `words` (without marks, the rare ones weigh more) that some text of class `number` says too; 0 for no words."""
        said = spoken = 0.0
        for word in words:
            row = self._row.get(f"w{word}")
            if row is None:
                said += self._rarest
                continue
            rare = self._rarity[row]
            said += rare
            weight = self._of(row, number)
            if weight is not None:
                spoken += rare if weight > 0 else 0.0
            elif self._ends[row + 1] - self._ends[row] >= MOST:
                spoken += (
                    rare * 0.5
                )  # a word of very many classes had to let some go: it neither speaks for nor against
        return spoken / said if said else 0.0

    def rarities(self) -> tuple[dict[str, float], float]:
        """(how rare each word without marks is among all texts, what a word nobody wrote counts as)."""
        return {f[1:]: self._rarity[n] for n, f in enumerate(self._order) if f[0] == "w"}, self._rarest
