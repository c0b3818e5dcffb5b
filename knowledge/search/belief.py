"""From scores to belief, and from belief to the two things a decision rests on: how sure one procedure is, how likely nothing we serve is meant."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from importlib.resources import files
from operator import attrgetter

CONSIDERED = 60  # classes that share the belief; those further down would add nothing that can be seen


@dataclass(frozen=True, slots=True)
class Signals:
    """What is known of how well a question was understood.

    logit    log odds of the belief in the best class
    top      its raw score
    support  share of the question's own words that its texts say too (rare words weigh more), 0 to 1
    length   log(1 + number of own words)
    exact    1 where the own words are the title or an alias of that class alone
    generic  1 where the own words only name a family
    usual    1 where, besides, the best class is that family's usual member
    outside  raw score of "nothing we serve", less the best score
    gap      how many times likelier than the next class, as a logarithm, 0 to 7
    held     log odds of the belief in the best class's whole family
    agrees   slots of the best class that a word picks
    differs  slots of its family for which a word picks another member
    default  1 where the best class is its family's usual member
    """

    logit: float
    top: float
    support: float
    length: float
    exact: float
    generic: float
    usual: float
    outside: float
    gap: float
    held: float
    agrees: float
    differs: float
    default: float


@dataclass(frozen=True, slots=True)
class Measures:
    """The numbers of `decision.toml`, each explained there."""

    temperature: float
    answer: float
    refuse: float
    elsewhere: float
    event: float
    instead: float
    default: float
    usual: float
    family: float
    option: float
    need: float
    need_joined: float
    together: float
    alone: float
    alone_going_on: float
    alone_open: float
    context: float
    thread_family: float
    thread_offered: float
    thread_support: float
    look: Mapping[str, float]
    sure: Mapping[str, float]
    outside: Mapping[str, float]


@lru_cache(maxsize=1)
def measures() -> Measures:
    """The numbers shipped with the code."""
    return Measures(**tomllib.loads((files("knowledge.search") / "decision.toml").read_text(encoding="utf-8")))


def shares(scores: Sequence[float], among: Sequence[int], temperature: float) -> dict[int, float]:
    """Class number -> belief, the best first; the CONSIDERED best of the classes `among` share 1. Ties keep the order of `among`."""
    best = sorted(among, key=scores.__getitem__, reverse=True)[:CONSIDERED]
    top = scores[best[0]] if best else 0.0
    raw = {n: math.exp((scores[n] - top) * temperature) for n in best}
    total = sum(raw.values())
    return {n: weight / total for n, weight in raw.items()}


def log_odds(share: float) -> float:
    """The log odds of a share of 1, held between -9.2 and 9.2 (one in ten thousand)."""
    held = min(max(share, 1e-4), 1 - 1e-4)
    return math.log(held / (1 - held))


_NAMES = tuple(field.name for field in fields(Signals))
_values = attrgetter(*_NAMES)


def likelihood(signals: Signals, weights: Mapping[str, float]) -> float:
    """0 to 1: the weighted signals through a logistic curve."""
    total = weights["base"] + sum(weights[name] * value for name, value in zip(_NAMES, _values(signals), strict=True))
    return 1 / (1 + math.exp(-min(max(total, -60.0), 60.0)))
