"""A second look at the likeliest procedures: whether a whole name is said, whether the ideas fit, whether a word picks another member.

Counting and learning weigh every word alone. Near twins are told apart by what they say together: "gia hạn" and "trồng cây" in one name; a foreign
father where the procedure has none. The weights of the signs are learnt (`decision.toml`, [look]; `python -m benchmarks.learn --decide`).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from operator import truediv
from typing import NamedTuple

from knowledge.model import Family
from knowledge.procedure import Procedure
from knowledge.source import Source
from knowledge.text.folding import fold
from knowledge.text.lexicon import Lexicon
from knowledge.text.normalising import folded, normalise
from knowledge.text.reading import Reading, read

LOOKED = 10  # procedures that are looked at again
SELDOM = 0.05  # an idea in fewer of a procedure's names than this is none of its own
MOSTLY = 0.5  # an idea in at least so many of its names belongs to it
FINE = 1000  # parts that a word's rarity is counted in
LEAST_WEIGHT = 6 * FINE  # a name of one common word is not covered by saying that word


class Choice(NamedTuple):
    """A phrase that picks members of a family: its words without marks and with them, and the choice of a slot that it says."""

    bare: tuple[str, ...]
    words: tuple[str, ...]
    family: str
    slot: str
    choice: str


class Names(NamedTuple):
    """The names of one procedure: word without marks -> numbers of the names that hold it, and how much each name weighs in all."""

    holding: Mapping[str, tuple[int, ...]]
    weights: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Signs:
    """How well one procedure fits what was said.

    named    the best covered name: the share of its words that are said, rare words weighing more, 0 to 1
    strange  ideas said that none of its names holds
    unsaid   ideas that most of its names hold and nobody said
    differs  slots of its family for which a word picks another member
    usual    1 where it is its family's usual member and no word picks another
    """

    named: float
    strange: float
    unsaid: float
    differs: float
    usual: float


def build(source: Source, lexicon: Lexicon) -> bytes:
    """Code -> idea -> share of the procedure's names (official, title, aliases) that hold it, as JSON."""
    found: dict[str, dict[str, float]] = {}
    for code, facts in source.facts.items():
        words = source.words.get(code)
        names = [facts.name, *((words.title, *words.aliases) if words else ())]
        count: Counter[str] = Counter()
        for name in names:
            count.update(read(name, lexicon).ideas.keys())
        found[code] = {idea: round(n / len(names), 2) for idea, n in sorted(count.items())}
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()


class SecondLook:
    """The names, ideas and slots of every procedure, ready to be held against a question. Immutable."""

    def __init__(
        self,
        blob: bytes,
        procedures: Mapping[str, Procedure],
        families: Mapping[str, Family],
        rarity: Mapping[str, float],
        rarest: float,
    ) -> None:
        ideas: Mapping[str, Mapping[str, float]] = json.loads(blob)
        self.known = {code: frozenset(i for i, share in own.items() if share >= SELDOM) for code, own in ideas.items()}
        self.mostly = {
            code: tuple((i, share) for i, share in own.items() if share >= MOSTLY) for code, own in ideas.items()
        }
        # In whole numbers: a sum of them is the same in whatever order it is added up.
        self._rarity, self._rarest = {word: round(much * FINE) for word, much in rarity.items()}, round(rarest * FINE)
        self.names = {code: self._names(p) for code, p in procedures.items()}
        self.slots = {code: p.words.slots for code, p in procedures.items() if p.words and p.words.family in families}
        self.family = {code: p.words.family for code, p in procedures.items() if p.words and p.words.family in families}
        self.usual = {family.default for family in families.values()}
        self.choices: dict[tuple[str, str], list[Choice]] = {}
        for family in families.values():
            for slot in family.slots:
                for choice in slot.choices:
                    for phrase in (*choice.words, choice.label):
                        words = tuple(normalise(phrase).split())
                        if len(words) > 1:  # a lone word ("làm", "xe") is said of too much
                            bare = tuple(map(fold, words))
                            found = Choice(bare, words, family.key, slot.key, choice.key)
                            self.choices.setdefault((bare[0], bare[1]), []).append(found)

    def _names(self, procedure: Procedure) -> Names:
        """The title and the aliases of a procedure, by the words they are made of."""
        said = (procedure.title, *(procedure.words.aliases if procedure.words else ()))
        names = sorted({tuple(sorted(set(folded(name).split()))) for name in said})
        holding: dict[str, tuple[int, ...]] = {}
        for n, name in enumerate(names):
            for word in name:
                holding[word] = (*holding.get(word, ()), n)
        return Names(holding, tuple(max(LEAST_WEIGHT, sum(map(self.rare, name))) for name in names))

    def rare(self, word: str) -> int:
        """How rare a word without marks is, in parts of 1/FINE."""
        return self._rarity.get(word, self._rarest)

    def at(self, reading: Reading) -> Look:
        """A look at one question."""
        return Look(self, reading)


class Look:
    """One question held against procedures; what its words pick is worked out once."""

    def __init__(self, known: SecondLook, reading: Reading) -> None:
        self._known, self._reading = known, reading
        self._weight = {word: known.rare(word) for word in reading.bare}
        self._picked = self._pick()

    def signs(self, code: str) -> Signs:
        """How well a procedure fits the question."""
        said, known = self._reading.ideas, self._known.known.get(code, frozenset())
        _, differs = self.picks(code)
        return Signs(
            self._named(code),
            sum(much for idea, much in said.items() if idea not in known),
            sum(share for idea, share in self._known.mostly.get(code, ()) if idea not in said),
            float(differs),
            float(code in self._known.usual and not differs),
        )

    def picks(self, code: str) -> tuple[int, int]:
        """(slots of the procedure that a word picks, slots for which a word picks another member)."""
        family = self._known.family.get(code)
        if family is None:
            return 0, 0
        picked = self._picked.get(family)
        if picked is None:
            return 0, 0
        agrees = differs = 0
        for slot, choice in self._known.slots[code].items():
            if choice in picked.get(slot, ()):
                agrees += 1
            elif slot in picked:
                differs += 1
        return agrees, differs

    def _named(self, code: str) -> float:
        """The best covered name: words are looked up, since most of a procedure's names share none with the question."""
        names = self._known.names.get(code)
        if names is None:
            return 0.0
        covered = [0] * len(names.weights)
        for word in self._weight.keys() & names.holding.keys():
            weight = self._weight[word]
            for n in names.holding[word]:
                covered[n] += weight
        return max(map(truediv, covered, names.weights), default=0.0)

    def _pick(self) -> Mapping[str, Mapping[str, set[str]]]:
        """Family -> slot -> the choices that words pick. A typed mark that differs is another word ("giỗ", "giờ")."""
        words, bare = self._reading.words, self._reading.bare
        found: dict[str, dict[str, set[str]]] = {}
        for at, pair in enumerate(pairwise(bare)):
            for choice in self._known.choices.get(pair, ()):
                end = at + len(choice.bare)
                if bare[at:end] == choice.bare and all(
                    typed in (word, plain)
                    for typed, word, plain in zip(words[at:end], choice.words, choice.bare, strict=True)
                ):
                    found.setdefault(choice.family, {}).setdefault(choice.slot, set()).add(choice.choice)
        return found


def weighed(signs: Signs, weights: Mapping[str, float]) -> float:
    """What the signs add to a score."""
    return (
        weights["named"] * signs.named
        + weights["strange"] * signs.strange
        + weights["unsaid"] * signs.unsaid
        + weights["differs"] * signs.differs
        + weights["usual"] * signs.usual
    )
