"""A second look at the likeliest procedures: whether a whole name is said, whether the ideas fit, whether a word picks another member.

Counting and learning weigh every word alone. Near twins are told apart by what they say together: "gia hạn" and "trồng cây" in one name; a foreign
father where the procedure has none. The weights of the signs are learnt (`decision.toml`, [look]; `python -m benchmarks.learn --decide`).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from knowledge.model import Family
from knowledge.procedure import Procedure
from knowledge.source import Source
from knowledge.text.concepts import ideas
from knowledge.text.folding import marked
from knowledge.text.lexicon import Lexicon
from knowledge.text.normalising import folded, normalise
from knowledge.text.reading import Reading, read

LOOKED = 10  # procedures that are looked at again
SELDOM = 0.05  # an idea in fewer of a procedure's names than this is none of its own
MOSTLY = 0.5  # an idea in at least so many of its names belongs to it
LEAST_WEIGHT = 6.0  # a name of one common word is not covered by saying that word


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
            reading = read(name, lexicon)
            count.update(ideas(reading.words, reading.bare).keys())
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
        self._ideas: Mapping[str, Mapping[str, float]] = json.loads(blob)
        self._rarity, self._rarest = rarity, rarest
        self._names = {
            code: tuple({frozenset(folded(name).split()) for name in (p.title, *(p.words.aliases if p.words else ()))})
            for code, p in procedures.items()
        }
        self._weights = {
            name: max(LEAST_WEIGHT, sum(map(self._rare, name))) for names in self._names.values() for name in names
        }
        self._slots = {code: p.words.slots for code, p in procedures.items() if p.words and p.words.family in families}
        self._family = {
            code: p.words.family for code, p in procedures.items() if p.words and p.words.family in families
        }
        self._usual = {family.default for family in families.values()}
        self._choices = {
            key: [
                (f" {folded(phrase)} ", tuple(normalise(phrase).split()), slot.key, choice.key)
                for slot in family.slots
                for choice in slot.choices
                for phrase in (*choice.words, choice.label)
                if " " in phrase  # a lone word ("làm", "xe") is said of too much
            ]
            for key, family in families.items()
        }

    def _rare(self, word: str) -> float:
        return self._rarity.get(word, self._rarest)

    def signs(self, reading: Reading, codes: Sequence[str]) -> list[Signs]:
        """The signs of each of `codes` for one question, in their order."""
        said = ideas(reading.words, reading.bare)
        bag = frozenset(reading.bare)
        weight = {word: self._rare(word) for word in bag}
        line = f" {' '.join(reading.bare)} "
        picked: dict[str, set[tuple[str, str]]] = {}
        found = []
        for code in codes:
            own = self._ideas.get(code, {})
            named = max(
                (
                    sum(weight[w] for w in name & bag) / self._weights[name]
                    for name in self._names.get(code, ())
                    if not name.isdisjoint(bag)  # most names share no word: nothing to add up
                ),
                default=0.0,
            )
            family = self._family.get(code)
            if family is not None and family not in picked:
                picked[family] = self._picked(family, reading, line)
            differs = self._differs(code, picked.get(family or "", set()))
            found.append(
                Signs(
                    named,
                    sum(much for idea, much in said.items() if own.get(idea, 0.0) < SELDOM),
                    sum(share for idea, share in own.items() if share >= MOSTLY and idea not in said),
                    differs,
                    float(code in self._usual and not differs),
                )
            )
        return found

    def _picked(self, family: str, reading: Reading, line: str) -> set[tuple[str, str]]:
        """The (slot, choice) that words pick. A typed mark that differs is another word ("giỗ", "giờ")."""
        found: set[tuple[str, str]] = set()
        for bare, words, slot, choice in self._choices[family]:
            if (slot, choice) in found or bare not in line:
                continue
            at = line[: line.index(bare)].count(" ")
            typed = reading.words[at : at + len(words)]
            if all(not marked(a) or a == b for a, b in zip(typed, words, strict=False)):
                found.add((slot, choice))
        return found

    def picks(self, reading: Reading, code: str) -> tuple[int, int]:
        """(slots of the procedure that a word picks, slots for which a word picks another member)."""
        family = self._family.get(code)
        if family is None:
            return 0, 0
        line = f" {' '.join(reading.bare)} "
        picked = self._picked(family, reading, line)
        agrees = sum((slot, choice) in picked for slot, choice in self._slots[code].items())
        return agrees, int(self._differs(code, picked))

    def _differs(self, code: str, picked: set[tuple[str, str]]) -> float:
        return float(
            sum(
                (slot, choice) not in picked and any(other == slot for other, _ in picked)
                for slot, choice in self._slots.get(code, {}).items()
            )
        )


def weighed(signs: Signs, weights: Mapping[str, float]) -> float:
    """What the signs add to a score."""
    return (
        weights["named"] * signs.named
        + weights["strange"] * signs.strange
        + weights["unsaid"] * signs.unsaid
        + weights["differs"] * signs.differs
        + weights["usual"] * signs.usual
    )
