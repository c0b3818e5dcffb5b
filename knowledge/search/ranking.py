"""How much every class is believed in, once a question is read: score, look again at the likeliest, share the belief, take the signals."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from knowledge.search.belief import CONSIDERED, Signals, likelihood, log_odds, measures, shares
from knowledge.search.corpus import OUTSIDE
from knowledge.search.features import features
from knowledge.search.naming import Naming
from knowledge.search.scoring import Index
from knowledge.search.second_look import LOOKED, Look, SecondLook, Signs, weighed
from knowledge.text.reading import Reading


@dataclass(frozen=True)
class Ranked:
    """A scored question: belief per class name (best first), the vector it was scored with, its own words, and how well it was understood."""

    belief: Mapping[str, float]
    vector: Mapping[int, float]
    own: tuple[str, ...]
    signals: Signals | None

    @property
    def best(self) -> str:
        """The class believed in most; nothing we serve when nothing spoke at all."""
        return next(iter(self.belief), OUTSIDE)

    @cached_property
    def codes(self) -> list[str]:
        """The procedures, best first."""
        return [name for name in self.belief if ":" not in name]

    @cached_property
    def sure(self) -> float:
        """How likely it is right to answer the best class alone; 0 where it is no procedure."""
        return likelihood(self.signals, measures().sure) if self.signals and ":" not in self.best else 0.0

    @cached_property
    def outside(self) -> float:
        """How likely nothing we serve is meant."""
        return likelihood(self.signals, measures().outside) if self.signals else 1.0


class Ranker:
    """Scores readings over one knowledge snapshot. Immutable and safe to share between threads."""

    def __init__(self, index: Index, look: SecondLook, naming: Naming) -> None:
        self._index, self._look, self._naming = index, look, naming

    def rank(
        self,
        reading: Reading,
        away: Reading | None = None,
        more: Mapping[str, float] | None = None,
        bonus: Mapping[str, float] | None = None,
    ) -> Ranked:
        """Score a reading. `away` was said away; `more` are features of the thread, `bonus` what being talked about adds to a class."""
        counts = features(reading)
        # What is turned down ("không phải đăng ký mà xóa đăng ký") no longer counts from before; said again, it counts.
        gone = features(away) if away is not None else {}
        for feature, weight in (more or {}).items():
            if feature not in gone:
                counts[feature] = max(counts.get(feature, 0.0), weight)
        vector = self._index.vector(counts)
        if not vector:
            return Ranked({}, vector, reading.own, None)
        scores = self._index.score(vector)
        for name, extra in (bonus or {}).items():
            scores[self._index.number[name]] += extra
        first = self._first(scores)
        look = self._look.at(reading)
        self._look_again(look, scores, first)
        belief = {self._index.names[n]: share for n, share in shares(scores, first, measures().temperature).items()}
        return Ranked(belief, vector, reading.own, self._signals(reading.own, look, belief, scores))

    def looked(self, reading: Reading) -> list[tuple[str, float, Signs]]:
        """(code, score before the second look, its signs) of the likeliest procedures: what `benchmarks/learn.py` learns the look from."""
        vector = self._index.vector(features(reading))
        if not vector:
            return []
        scores = self._index.score(vector)
        look = self._look.at(reading)
        return [
            (self._index.names[n], scores[n], look.signs(self._index.names[n]))
            for n in self._likeliest(self._first(scores))
        ]

    def support(self, words: Sequence[str], code: str) -> float:
        """Share of `words` that some text of a procedure says too, rare words weighing more; 0 for no words."""
        return self._index.support(words, self._index.number[code])

    def why(self, ranked: Ranked, name: str) -> tuple[str, ...]:
        """The words that spoke most for a class, for people."""
        return self._index.reasons(ranked.vector, self._index.number[name])

    def _first(self, scores: Sequence[float]) -> list[int]:
        """The classes that can still share the belief when the second look has lowered some: the best first, ties in the order of the classes."""
        return sorted(range(len(scores)), key=scores.__getitem__, reverse=True)[: CONSIDERED + LOOKED]

    def _likeliest(self, first: Sequence[int]) -> list[int]:
        """The procedures among the ten best classes."""
        return [n for n in first[:LOOKED] if ":" not in self._index.names[n]]

    def _look_again(self, look: Look, scores: list[float], first: Sequence[int]) -> None:
        """Lower the likeliest procedures that fit less well than the best fitting one of them."""
        near = self._likeliest(first)
        added = [weighed(look.signs(self._index.names[n]), measures().look) for n in near]
        most = max(added, default=0.0)
        for n, much in zip(near, added, strict=True):
            scores[n] += much - most

    def _signals(
        self, own: tuple[str, ...], look: Look, belief: Mapping[str, float], scores: Sequence[float]
    ) -> Signals:
        name, *others = belief
        best = self._index.number[name]
        family = self._naming.family(name)
        generic = self._naming.only_family(name, own)
        default = family is not None and family.default == name
        agrees, differs = look.picks(name)
        held = sum(belief.get(code, 0.0) for code in self._naming.near(name)) or belief[name]
        return Signals(
            logit=log_odds(belief[name]),
            top=scores[best],
            support=self._index.support(own, best),
            length=math.log1p(len(own)),
            exact=float(self._naming.is_named(name, own)),
            generic=float(generic),
            usual=float(generic and default),
            outside=scores[self._index.number[OUTSIDE]] - scores[best],
            gap=min(7.0, math.log(belief[name] / max(belief[others[0]], 1e-9))) if others else 7.0,
            held=log_odds(held),
            agrees=float(agrees),
            differs=float(differs),
            default=float(default),
        )
